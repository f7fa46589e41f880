//! The only connection to a file in exclusive mode: its worker lends it to the operator of the same
//! inbox, one slice of a call at a time.

use std::fmt;
use std::sync::{Arc, OnceLock, mpsc};
use std::time::Duration;

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::future::select;
use futures_util::{FutureExt as _, StreamExt as _};
use rusqlite::Connection;

use super::errors;
use super::place::Place;
use crate::store::{Result, StoreError, park};

/// What an operator does while the worker waits: about 10 milliseconds.
struct Slice {
    is_change: bool,
    run: Box<dyn FnOnce(&Connection) + Send>,
}

/// How the operator of an inbox gets at the connection of its worker. It is empty unless the worker
/// has the file in exclusive mode. Its clones are one.
#[derive(Clone, Default)]
pub(crate) struct Lending(Arc<OnceLock<Lent>>);

impl Lending {
    /// Begins to lend a connection to this place.
    pub(super) fn begin(&self, place: &Place) -> Lender {
        let (sender, slices) = unbounded();
        let lent = Lent {
            place: place.clone(),
            slices: sender,
        };
        let _ = self.0.set(lent.clone());
        Lender {
            slices,
            has_changed: false,
            _lent: lent,
        }
    }

    /// The connection, if the worker has not ended.
    pub(super) fn lent(&self) -> Option<&Lent> {
        self.0.get().filter(|lent| !lent.has_ended())
    }
}

impl fmt::Debug for Lending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lending")
            .field(&self.lent().is_some())
            .finish()
    }
}

/// The connection, as an operator has it.
#[derive(Clone)]
pub(super) struct Lent {
    place: Place,
    slices: UnboundedSender<Slice>,
}

impl Lent {
    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    pub(super) fn has_ended(&self) -> bool {
        self.slices.is_closed()
    }

    /// Waits for the connection, reads, and gives it back.
    pub(super) fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        self.call(false, read)
    }

    /// Waits for the connection, changes the file, and gives it back.
    pub(super) fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        self.call(true, change)
    }

    fn call<T: Send + 'static>(
        &self,
        is_change: bool,
        call: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        self.place.check()?;
        let (reply, answer) = mpsc::channel();
        let run = Box::new(move |connection: &Connection| drop(reply.send(call(connection))));
        let _ = self.slices.unbounded_send(Slice { is_change, run });
        let answer = answer.recv().map_err(|_| StoreError::ended())?;
        answer.map_err(|error| errors::store_error(self.place.path(), &error))
    }
}

/// The connection, as the worker has it.
pub(super) struct Lender {
    slices: UnboundedReceiver<Slice>,
    /// An operator changed the file since the last [`has_changed`](Self::has_changed).
    has_changed: bool,
    /// Keeps the queue open.
    _lent: Lent,
}

impl Lender {
    /// Waits as a store does, and lends the connection for one slice at most. What the worker waits
    /// for has its turn after it, however many slices are asked for.
    pub(super) fn wait(
        &mut self,
        connection: &Connection,
        until: &mut (dyn Future<Output = ()> + Unpin),
        patience: Duration,
    ) {
        let mut slice = None;
        let asked = self.slices.next().map(|asked| slice = asked);
        park::wait(&mut select(asked, &mut *until).map(drop), patience);
        if let Some(Slice { is_change, run }) = slice {
            run(connection);
            self.has_changed |= is_change;
            park::wait(until, Duration::ZERO);
        }
    }

    pub(super) fn has_changed(&mut self) -> bool {
        std::mem::take(&mut self.has_changed)
    }
}
