//! What the tasks of a sender share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use siohook_events::Timestamp;
use tokio::sync::broadcast;

use super::Settings;
use super::queue::Queues;
use crate::disable_below::Window;
use crate::ids::Ids;
use crate::log::Log;
use crate::{Answer, Attempt, Client, Clock, Directory, Message, Outgoing, Source, Status};

pub(super) struct Shared {
    pub(super) clock: Clock,
    pub(super) client: Client,
    /// It is never asked while the state is locked.
    pub(super) directory: Arc<dyn Directory>,
    pub(super) settings: Settings,
    pub(super) changes: broadcast::Sender<Arc<Message>>,
    state: Mutex<State>,
}

pub(super) struct State {
    pub(super) log: Log,
    pub(super) queues: Queues,
    pub(super) windows: HashMap<Source, Window>,
    pub(super) ids: Ids,
}

impl State {
    pub(super) fn clear(&mut self) {
        self.log.clear();
        self.windows.clear();
    }

    pub(super) fn close(&mut self) {
        self.queues.close();
    }
}

impl Shared {
    pub(super) fn new(
        clock: Clock,
        client: Client,
        directory: Arc<dyn Directory>,
        settings: Settings,
    ) -> Self {
        let state = State {
            log: Log::new(settings.keep),
            queues: Queues::default(),
            windows: HashMap::new(),
            ids: Ids::new(settings.seed),
        };
        Self {
            clock,
            client,
            directory,
            settings,
            changes: broadcast::Sender::new(1024),
            state: Mutex::new(state),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes a message, and tells those who watch.
    pub(super) fn update(&self, state: &mut State, number: u64, change: impl FnOnce(&mut Message)) {
        if let Some(message) = state.log.update(number, change) {
            self.tell(message);
        }
    }

    /// There may be no one to tell.
    fn tell(&self, message: Arc<Message>) {
        let _ = self.changes.send(message);
    }

    /// Adds a message to the log. Returns its id and its number.
    pub(super) fn insert(&self, outgoing: Outgoing) -> (String, u64) {
        let sample = &outgoing.sample;
        let now = self.clock.now();
        let mut state = self.state();
        if let Some(oldest) = state.log.surplus(Settings::MOST_UNFINISHED) {
            self.update(&mut state, oldest, |message| {
                give_up(message, self.clock.exact_now());
            });
        }
        let own = sample.message_id().map(str::to_owned);
        let unused = own.filter(|id| state.log.number(id).is_none());
        let id = unused.unwrap_or_else(|| state.ids.next(self.clock.exact_now()));
        let message = Arc::new(Message {
            id: id.clone(),
            mechanism: sample.mechanism(),
            event: sample.event().as_str().to_owned(),
            status: Status::Queued,
            source: outgoing.source.clone(),
            contact: outgoing.contact,
            occurred_at: sample.occurred_at().unwrap_or(now),
            next_attempt_at: None,
            request: None,
            attempts: vec![],
        });
        let number = state.log.insert(Arc::clone(&message), outgoing);
        self.tell(message);
        (id, number)
    }

    pub(super) fn cancel_undeliverable(&self) {
        let waiting: Vec<_> = {
            let state = self.state();
            let waiting = state.log.waiting().into_iter();
            waiting
                .filter_map(|number| Some((number, state.log.get(number)?.message.source.clone())))
                .collect()
        };
        for (number, source) in waiting {
            if self.directory.target(&source).is_none() {
                let mut state = self.state();
                self.update(&mut state, number, |message| {
                    if message.status == Status::Waiting {
                        message.status = Status::Cancelled;
                        message.next_attempt_at = None;
                    }
                });
            }
        }
    }
}

/// Gives up a message for a newer one.
fn give_up(message: &mut Message, at: Timestamp) {
    let most = Settings::MOST_UNFINISHED;
    let why = format!("given up for a newer message, because {most} were waiting");
    let attempt = Attempt::new(Attempt::next(message, at), at, Answer::blocked(why));
    message.attempts.push(attempt);
    message.status = Status::Cancelled;
    message.next_attempt_at = None;
}
