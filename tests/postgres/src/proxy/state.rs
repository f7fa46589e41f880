use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Fault, Point};

/// What the threads of all connections share.
#[derive(Debug, Default)]
pub(super) struct State {
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    fault: Option<(Point, Fault)>,
    is_hit: bool,
    messages: u64,
    replies: u64,
    answers: u64,
    is_stalled: bool,
    is_closed: bool,
    connections: Vec<Arc<Connection>>,
}

#[derive(Debug)]
pub(super) struct Connection {
    pub(super) client: TcpStream,
    pub(super) server: TcpStream,
    is_cut: AtomicBool,
}

/// What may pass on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passed {
    All,
    /// This message is the last one.
    Last,
    Nothing,
}

impl State {
    pub(super) fn open(&self, client: TcpStream, server: TcpStream) -> Arc<Connection> {
        let connection = Arc::new(Connection {
            client,
            server,
            is_cut: AtomicBool::new(false),
        });
        let mut inner = self.lock();
        inner.connections.retain(|it| !it.is_cut());
        inner.connections.push(Arc::clone(&connection));
        if inner.is_closed {
            connection.close();
        }
        connection
    }

    /// Decides about the next message of a client.
    pub(super) fn message(&self, connection: &Connection) -> Passed {
        let mut inner = self.when_it_passes();
        let n = inner.messages;
        inner.messages += 1;
        match self.fault_at(&mut inner, Point::AfterMessage(n)) {
            None => self.strike(inner, Point::BeforeMessage(n), connection),
            // Before the server gets the message, so that its answer does not pass.
            Some(Fault::Cut) => {
                connection.is_cut.store(true, Ordering::SeqCst);
                Passed::Last
            }
            Some(Fault::Stall) => {
                inner.is_stalled = true;
                Passed::All
            }
        }
    }

    /// Decides about the next message of the server.
    pub(super) fn reply(&self, connection: &Connection) -> Passed {
        let mut inner = self.when_it_passes();
        let n = inner.replies;
        inner.replies += 1;
        self.strike(inner, Point::BeforeReply(n), connection)
    }

    /// Whether the answer that starts is held back until it is complete.
    pub(super) fn holds_answer(&self) -> bool {
        let mut inner = self.lock();
        let n = inner.answers;
        inner.answers += 1;
        matches!(inner.fault, Some((Point::BeforeAnswer(it), _)) if it == n)
    }

    /// Decides about an answer that was held back.
    pub(super) fn held_answer(&self, connection: &Connection) -> Passed {
        let inner = self.when_it_passes();
        match inner.fault {
            Some((point @ Point::BeforeAnswer(_), _)) => self.strike(inner, point, connection),
            // Another fault was armed meanwhile.
            _ => connection.passed(),
        }
    }

    /// Makes the fault of a point happen.
    fn strike(
        &self,
        mut inner: MutexGuard<'_, Inner>,
        point: Point,
        connection: &Connection,
    ) -> Passed {
        match self.fault_at(&mut inner, point) {
            None => {}
            Some(Fault::Cut) => connection.is_cut.store(true, Ordering::SeqCst),
            Some(Fault::Stall) => {
                inner.is_stalled = true;
                drop(inner);
                drop(self.when_it_passes());
            }
        }
        connection.passed()
    }

    /// The fault of a point, which happens once.
    fn fault_at(&self, inner: &mut Inner, here: Point) -> Option<Fault> {
        let (point, fault) = inner.fault?;
        if inner.is_hit || point != here {
            return None;
        }
        inner.is_hit = true;
        self.changed.notify_all();
        Some(fault)
    }

    pub(super) fn arm(&self, point: Point, fault: Fault) {
        let mut inner = self.lock();
        inner.fault = Some((point, fault));
        inner.is_hit = false;
        (inner.messages, inner.replies, inner.answers) = (0, 0, 0);
    }

    pub(super) fn is_hit(&self) -> bool {
        self.lock().is_hit
    }

    pub(super) fn wait_until_hit(&self, patience: Duration) -> bool {
        let waited = self
            .changed
            .wait_timeout_while(self.lock(), patience, |it| !it.is_hit);
        waited.unwrap_or_else(PoisonError::into_inner).0.is_hit
    }

    pub(super) fn set_stalled(&self, is_stalled: bool) {
        self.lock().is_stalled = is_stalled;
        self.changed.notify_all();
    }

    pub(super) fn cut_all(&self) {
        for connection in self.lock().connections.drain(..) {
            connection.close();
        }
    }

    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.cut_all();
        self.changed.notify_all();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.lock().is_closed
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits while nothing passes.
    fn when_it_passes(&self) -> MutexGuard<'_, Inner> {
        let is_stalled = |it: &mut Inner| it.is_stalled && !it.is_closed;
        let waited = self.changed.wait_while(self.lock(), is_stalled);
        waited.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    /// Closes both sides.
    pub(super) fn close(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
        let _ = self.client.shutdown(Shutdown::Both);
        let _ = self.server.shutdown(Shutdown::Both);
    }

    fn is_cut(&self) -> bool {
        self.is_cut.load(Ordering::SeqCst)
    }

    fn passed(&self) -> Passed {
        if self.is_cut() {
            Passed::Nothing
        } else {
            Passed::All
        }
    }
}
