use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_channel::oneshot;
use futures_util::{FutureExt as _, StreamExt as _};

use super::command::{Place, Waiting};
use super::{AcceptCommand, Command, EngineSettings, Writer};
use crate::clock::Clock;
use crate::error::InboxError;
use crate::observe::Origin;
use crate::store::{Accept, Result, Store, StoreError};
use crate::sync::lock;

/// Commands of one group.
const GROUP: usize = 512;

/// The thread that owns a store. Dropping it ends the thread, after the store took what was sent
/// before.
pub(crate) struct Engine {
    commands: UnboundedSender<Command>,
    waiting: Arc<Waiting>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// Opens a store on a thread of its own.
pub(crate) async fn spawn(
    open: impl FnOnce() -> std::result::Result<Box<dyn Store>, InboxError> + Send + 'static,
    settings: EngineSettings,
    clock: Clock,
) -> std::result::Result<Engine, InboxError> {
    let (commands, mut receiver) = unbounded();
    #[cfg(any(test, feature = "testing"))]
    if let Clock::Manual(clock) = &clock {
        let commands = commands.clone();
        clock.wakes(move || commands.unbounded_send(Command::Wake).is_ok());
    }
    let (opened, is_open) = oneshot::channel();
    let work = move || match open() {
        Ok(store) => {
            let _ = opened.send(Ok(()));
            drive(Writer::new(store, settings, clock), &mut receiver);
        }
        Err(error) => {
            let _ = opened.send(Err(error));
        }
    };
    let thread = thread::Builder::new()
        .name("siohook-inbox".to_owned())
        .spawn(work);
    let engine = Engine {
        commands,
        waiting: Arc::default(),
        thread: Mutex::new(Some(thread.map_err(|error| InboxError::thread(&error))?)),
    };
    match is_open.await {
        Ok(opened) => opened.map(|()| engine),
        Err(_) => Err(InboxError::store(&StoreError::ended())),
    }
}

/// Takes commands until the inbox is dropped.
fn drive(mut writer: Writer, commands: &mut UnboundedReceiver<Command>) {
    while !writer.is_stopped() {
        let mut received = None;
        let mut arrival = commands.next().map(|command| received = Some(command));
        writer.wait(&mut arrival);
        let mut next = match received {
            Some(None) => break,
            Some(command) => command,
            None => None,
        };
        let mut taken = 0;
        while let Some(command) = next {
            #[cfg(feature = "testing")]
            if matches!(command, Command::Kill) {
                writer.die();
                return;
            }
            writer.take(command);
            taken += 1;
            next = (taken < GROUP).then(|| commands.try_recv().ok()).flatten();
        }
        writer.turn();
    }
    writer.retire();
}

impl Engine {
    /// Sends a command. It is dropped if the thread has ended.
    pub(crate) fn send(&self, command: Command) {
        let _ = self.commands.unbounded_send(command);
    }

    /// Sends a command with a reply, and waits for it.
    pub(crate) async fn ask<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<T>) -> Command,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        self.send(command(reply));
        answer.await.map_err(|_| StoreError::ended())
    }

    /// Stores a delivery. Returns whether it is new, or `None` if the queue is full. The
    /// current span is that of the request.
    pub(crate) async fn accept(&self, accept: Accept) -> Option<Result<bool>> {
        let place = Place::take(&self.waiting, accept.delivery.body().len())?;
        let accept = |reply| {
            Command::Accept(AcceptCommand {
                accept,
                origin: Origin::current(),
                reply,
                _place: place,
            })
        };
        Some(self.ask(accept).await.flatten())
    }

    /// Ends the thread and leaves the store as a process that is killed does.
    #[cfg(feature = "testing")]
    pub(crate) fn kill(&self) {
        self.send(Command::Kill);
        self.join();
    }

    fn join(&self) {
        let thread = lock(&self.thread).take();
        if let Some(thread) = thread
            && thread.thread().id() != thread::current().id()
        {
            let _ = thread.join();
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.send(Command::Stop);
        self.join();
    }
}
