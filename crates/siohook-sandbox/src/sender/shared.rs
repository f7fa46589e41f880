//! What the tasks of a sender share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use siohook_events::{Mechanism, Timestamp};
use siohook_sender::{RequestError, Sample};
use tokio::sync::broadcast;

use super::Settings;
use super::queue::Queues;
use super::recent::Recent;
use super::route::Route;
use crate::chaos::Storm;
use crate::disable_below::Window;
use crate::ids::Ids;
use crate::log::Log;
use crate::{
    Answer, Attempt, Chaos, Client, Clock, Directory, Message, Outgoing, Source, Status, Target,
};

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
    pub(super) windows: HashMap<Arc<Source>, Window>,
    pub(super) sources: Recent<Source>,
    pub(super) routes: Recent<Route>,
    pub(super) headers: Recent<[(String, String)]>,
    pub(super) ids: Ids,
    pub(super) storm: Arc<Storm>,
    held: Vec<Held>,
}

/// A message that lets others pass.
struct Held {
    number: u64,
    mechanism: Mechanism,
    passing: u32,
}

/// A message that was added.
pub(super) struct Inserted {
    pub(super) id: String,
    pub(super) number: u64,
    /// The time of its first attempt, unless that is due.
    pub(super) at: Option<Timestamp>,
    /// Messages that let this one pass, and are due behind it.
    pub(super) behind: Vec<u64>,
}

impl State {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            log: Log::new(settings.keep),
            queues: Queues::default(),
            windows: HashMap::new(),
            sources: Recent::default(),
            routes: Recent::default(),
            headers: Recent::default(),
            ids: Ids::new(settings.seed),
            storm: Arc::new(Storm::new(Chaos::default(), 0)),
            held: vec![],
        }
    }

    pub(super) fn clear(&mut self) {
        self.log.clear();
        self.windows.clear();
        self.sources.clear();
        self.routes.clear();
        self.headers.clear();
        self.held.clear();
    }

    /// Counts a message that passes those that are held. Returns those that are held no longer.
    fn pass(&mut self, mechanism: Mechanism) -> Vec<u64> {
        for held in &mut self.held {
            held.passing -= u32::from(held.mechanism == mechanism);
        }
        let behind: Vec<_> = self
            .held
            .extract_if(.., |held| held.passing == 0)
            .map(|held| held.number)
            .collect();
        let waits = |number: &u64| {
            let message = self.log.get(*number);
            message.is_some_and(|one| one.status == Status::Waiting && one.attempts.is_empty())
        };
        behind.into_iter().filter(waits).collect()
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
        state: State,
    ) -> Self {
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

    /// What goes wrong on purpose now.
    pub(super) fn storm(&self) -> Arc<Storm> {
        Arc::clone(&self.state().storm)
    }

    /// Adds a message to the log.
    pub(super) fn insert(&self, outgoing: Outgoing) -> Inserted {
        let now = self.clock.now();
        let mut state = self.state();
        if let Some(oldest) = state.log.surplus(Settings::MOST_UNFINISHED) {
            self.update(&mut state, oldest, |message| {
                give_up(message, self.clock.exact_now());
            });
        }
        let own = outgoing.sample.message_id().map(str::to_owned);
        let unused = own.filter(|id| state.log.number(id).is_none());
        let id = unused.unwrap_or_else(|| state.ids.next(self.clock.exact_now()));
        let Outgoing {
            source,
            sample,
            contact,
        } = outgoing;
        let source = state.sources.share(source);
        let mechanism = sample.mechanism();
        let mut message = Message::new(&id, source, sample, contact, now);
        let hold = state.storm.hold(mechanism, state.log.next_number());
        let hold = hold.and_then(|hold| Some((hold, now.checked_add(hold.time)?)));
        if let Some((hold, at)) = hold {
            message.chaos.push(hold.hit());
            message.status = Status::Waiting;
            message.next_attempt_at = Some(at);
        }
        let at = message.next_attempt_at;
        let message = Arc::new(message);
        let number = state.log.insert(Arc::clone(&message));
        self.tell(message);
        let behind = state.pass(mechanism);
        for number in &behind {
            self.update(&mut state, *number, |message| {
                message.status = Status::Queued;
                message.next_attempt_at = None;
            });
        }
        if let Some(passing) = hold.and_then(|(hold, _)| hold.passing) {
            state.held.push(Held {
                number,
                mechanism,
                passing,
            });
        }
        Inserted {
            id,
            number,
            at,
            behind,
        }
    }

    /// The way from a source to its target, the same one for all messages that go there.
    pub(super) fn route(
        &self,
        sample: &Sample,
        source: Arc<Source>,
        target: Target,
    ) -> Result<Arc<Route>, RequestError> {
        let is_same = |route: &Route| route.is(sample.mechanism(), &source, &target);
        if let Some(known) = self.state().routes.find(is_same) {
            return Ok(known);
        }
        let route = Route::new(&self.settings, sample, source, target)?;
        Ok(self.state().routes.add(route))
    }

    pub(super) fn cancel_undeliverable(&self) {
        let waiting: Vec<_> = {
            let state = self.state();
            let waiting = state.log.waiting().into_iter();
            waiting
                .filter_map(|number| Some((number, Arc::clone(&state.log.get(number)?.source))))
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
    message.push(Attempt {
        is_given_up: true,
        ..attempt
    });
    message.status = Status::Cancelled;
    message.next_attempt_at = None;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Sent;

    #[test]
    fn a_message_that_is_given_up_keeps_its_request() {
        let url = "http://localhost/systeme".to_owned();
        let source = Arc::new(Source::Rule {
            rule: 1,
            url: url.clone(),
        });
        let (sample, key) = (Sample::of("contact.tag.added"), Some("abc".to_owned()));
        let target = Target { url, key };
        let route = Route::new(&Settings::default(), &sample, Arc::clone(&source), target);
        let at = sample.occurred_at().unwrap();
        let mut message = Message::new("a", source, sample, None, at);
        let (sample, route) = (Arc::clone(&message.sample), Arc::new(route.unwrap()));
        message.push(Attempt {
            sent: Some(Sent { sample, route }),
            ..Attempt::new(
                Attempt::next(&message, at),
                at,
                Answer::blocked(String::new()),
            )
        });
        let request = message.request();
        assert!(request.is_some());
        give_up(&mut message, at);
        assert_eq!(message.request(), request);
        assert_eq!(message.attempts[1].request(), None);
    }
}
