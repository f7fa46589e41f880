//! What handlers do, and what they did.

use std::fmt;
use std::future::poll_fn;
use std::panic::resume_unwind;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use siohook::{Delivery, FromDelivery, HandlerContext, HandlerError, Mismatch};

use crate::Run;
use crate::sync::lock;

/// What a handler does after its start.
pub(super) enum Act {
    Succeed,
    Fail,
    FailForGood,
    RetryAfter(Duration),
    Panic,
    /// Waits until the door is open, and succeeds.
    Wait(Door),
    /// Blocks its thread until the door is open, and succeeds.
    Block(Door),
    /// Blocks its thread until the door is open, and fails.
    BlockAndFail(Door),
}

/// The text of errors and panics.
pub(super) const ERROR: &str = "the school is closed";

/// A start of a handler.
#[derive(Clone)]
pub(super) struct Start {
    /// The end of its id.
    pub(super) handler: &'static str,
    /// The number of the program that ran it.
    pub(super) program: usize,
    pub(super) delivery: Delivery,
    pub(super) attempt: u32,
    pub(super) is_last: bool,
    pub(super) idempotency_key: String,
    pub(super) at: Instant,
}

impl Start {
    pub(super) fn new(handler: &'static str, delivery: &Delivery, run: &Run) -> Self {
        Self {
            handler,
            program: 0,
            delivery: delivery.clone(),
            attempt: run.attempt(),
            is_last: run.is_last(),
            idempotency_key: run.idempotency_key().to_owned(),
            at: Instant::now(),
        }
    }
}

impl fmt::Debug for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} attempt {}", self.handler, self.attempt)
    }
}

/// The state of a dispatcher. Clones share everything but the number of the program.
#[derive(Clone)]
pub(super) struct Script {
    program: usize,
    shared: Arc<Shared>,
}

struct Shared {
    act: Mutex<Arc<dyn Fn(&Start) -> Act + Send + Sync>>,
    starts: Mutex<Vec<Start>>,
    doors: Mutex<Vec<Door>>,
    /// Those that a thread of a program is blocked by.
    blocked: Mutex<Vec<(usize, Door)>>,
    /// Handlers that have started and not ended, and the most there were at a time.
    running: Mutex<(usize, usize)>,
}

impl Script {
    pub(super) fn new() -> Self {
        let shared = Shared {
            act: Mutex::new(Arc::new(|_| Act::Succeed)),
            starts: Mutex::default(),
            doors: Mutex::default(),
            blocked: Mutex::default(),
            running: Mutex::default(),
        };
        Self {
            program: 0,
            shared: Arc::new(shared),
        }
    }

    /// Returns the script of the handlers of one program.
    pub(super) fn in_program(&self, program: usize) -> Self {
        Self {
            program,
            ..self.clone()
        }
    }

    /// Says what handlers do from now on.
    pub(super) fn act(&self, act: impl Fn(&Start) -> Act + Send + Sync + 'static) {
        *lock(&self.shared.act) = Arc::new(act);
    }

    /// Returns a closed door.
    pub(super) fn door(&self) -> Door {
        let door = Door::default();
        lock(&self.shared.doors).push(door.clone());
        door
    }

    /// Opens all doors, so that no handler is left behind.
    pub(super) fn open_all(&self) {
        lock(&self.shared.doors).iter().for_each(Door::open);
    }

    /// Opens the doors that block this program.
    pub(super) fn unblock(&self) {
        let blocked = lock(&self.shared.blocked);
        let own = blocked
            .iter()
            .filter(|(program, _)| *program == self.program);
        own.for_each(|(_, door)| door.open());
    }

    /// Returns all starts.
    pub(super) fn starts(&self) -> Vec<Start> {
        lock(&self.shared.starts).clone()
    }

    /// Returns how many handlers ran at a time.
    pub(super) fn most_running(&self) -> usize {
        lock(&self.shared.running).1
    }

    pub(super) async fn play(&self, mut start: Start) -> Result<(), HandlerError> {
        start.program = self.program;
        let act = Arc::clone(&lock(&self.shared.act));
        let act = act(&start);
        let _running = Running::begin(self);
        lock(&self.shared.starts).push(start);
        match act {
            Act::Succeed => Ok(()),
            Act::Fail => Err(HandlerError::new(ERROR)),
            Act::FailForGood => Err(HandlerError::permanent(ERROR)),
            Act::RetryAfter(delay) => Err(HandlerError::retry_after(delay, ERROR)),
            // A panic that is not printed.
            Act::Panic => resume_unwind(Box::new(ERROR)),
            Act::Wait(door) => {
                door.is_open().await;
                Ok(())
            }
            Act::Block(door) => {
                self.block(door);
                Ok(())
            }
            Act::BlockAndFail(door) => {
                self.block(door);
                Err(HandlerError::new(ERROR))
            }
        }
    }

    fn block(&self, door: Door) {
        lock(&self.shared.blocked).push((self.program, door.clone()));
        door.block();
    }
}

/// It requires no state, so other dispatchers of the program can be built.
impl<'a, E> FromDelivery<'a, E> for Script {
    fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
        let script = context.state().cloned();
        script.ok_or_else(|| Mismatch::new("this handler is for conformance cases only"))
    }
}

/// A handler that has not ended.
struct Running(Arc<Shared>);

impl Running {
    fn begin(script: &Script) -> Self {
        let mut running = lock(&script.shared.running);
        running.0 += 1;
        running.1 = running.1.max(running.0);
        Self(Arc::clone(&script.shared))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        lock(&self.0.running).0 -= 1;
    }
}

/// What handlers wait for.
#[derive(Clone, Default)]
pub(super) struct Door(Arc<(Mutex<Waiting>, Condvar)>);

#[derive(Default)]
struct Waiting {
    is_open: bool,
    wakers: Vec<Waker>,
}

impl Door {
    pub(super) fn open(&self) {
        let mut waiting = lock(&self.0.0);
        waiting.is_open = true;
        waiting.wakers.drain(..).for_each(Waker::wake);
        self.0.1.notify_all();
    }

    async fn is_open(&self) {
        poll_fn(|context| {
            let mut waiting = lock(&self.0.0);
            if waiting.is_open {
                return Poll::Ready(());
            }
            waiting.wakers.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn block(&self) {
        let waiting = lock(&self.0.0);
        let is_closed = |waiting: &mut Waiting| !waiting.is_open;
        let opened = self.0.1.wait_while(waiting, is_closed);
        drop(opened.unwrap_or_else(PoisonError::into_inner));
    }
}
