//! Messages of an earlier process.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;
use siohook_events::Mechanism;
use siohook_sender::Sample;

use super::route::Route;
use super::shared::{Shared, State};
use super::{Sender, Settings, work};
use crate::chaos::Storm;
use crate::journal::{AttemptRecord, Kept, MessageRecord, Record, read};
use crate::message::Sent;
use crate::state::{Ids, StateFileError};
use crate::{Attempt, Chaos, Client, Clock, Directory, Message, Status};

/// The log of a sender that is to go on where an earlier one ended.
pub(crate) struct Restored {
    state: State,
    pub(crate) settings: Settings,
    pub(crate) kept: Kept,
}

impl Restored {
    /// Nothing yet.
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            state: State::new(&settings),
            settings,
            kept: Kept::default(),
        }
    }

    /// What is in this file.
    pub(crate) fn read(settings: Settings, path: &Path) -> Result<Self, StateFileError> {
        let mut restored = Self::new(settings);
        let state = &mut restored.state;
        // What comes of a message may follow when it is one of too many already.
        state.log.keep(usize::MAX);
        restored.kept = read(path, |record| state.apply(record))?;
        state.log.keep(restored.settings.keep);
        Ok(restored)
    }

    pub(crate) fn set_chaos(&mut self, chaos: Chaos) {
        let storm = Storm::new(chaos, self.state.log.next_number());
        self.state.storm = Arc::new(storm);
    }

    #[cfg(test)]
    pub(crate) fn messages(&self) -> Vec<Arc<Message>> {
        self.state.log.messages().cloned().collect()
    }

    /// Keeps the messages in this file from now on.
    pub(crate) fn keep_in(&mut self, path: &Path, clock: Clock) -> Result<(), StateFileError> {
        self.state.log.keep_in(path, clock, self.kept.ids.take())
    }
}

impl Sender {
    /// Makes a sender with these messages. [`resume`](Self::resume) sends those that are due.
    pub(crate) fn restored(
        clock: Clock,
        client: Client,
        directory: Arc<dyn Directory>,
        restored: Restored,
    ) -> Self {
        let Restored {
            state, settings, ..
        } = restored;
        let shared = Shared::new(clock, client, directory, settings, state);
        Self(Arc::new(shared))
    }

    /// Sends what is due, and the rest at its time. What has no receiver any more is cancelled.
    pub(crate) fn resume(&self) {
        self.cancel_undeliverable();
        let now = self.0.clock.exact_now();
        let (queued, waiting) = {
            let mut state = self.0.state();
            for number in state.log.due(now) {
                self.0.update(&mut state, number, |message| {
                    message.status = Status::Queued;
                    message.next_attempt_at = None;
                });
            }
            (state.log.queued(), state.log.waiting_times())
        };
        for number in queued {
            work::enqueue(&self.0, number, None);
        }
        for time in waiting {
            work::wake_at(&self.0, time);
        }
    }

    /// Why the file lacks messages, if it does. If so, it is written anew now and then.
    pub(crate) fn tend_file(&self) -> Option<String> {
        let mut state = self.0.state();
        state.log.tend();
        let failure = state.log.journal().and_then(|journal| journal.failure());
        failure.map(str::to_owned)
    }

    /// Notes the time of the clock in the file.
    pub(crate) fn note_time(&self) {
        if let Some(journal) = self.0.state().log.journal() {
            journal.note_time();
        }
    }

    /// Notes how far the source of ids is in the file.
    pub(crate) fn note_ids(&self, ids: &Ids) {
        if let Some(journal) = self.0.state().log.journal() {
            journal.note_ids(ids);
        }
    }

    /// Has all messages written to the disk.
    pub(crate) fn sync_file(&self) -> Result<(), StateFileError> {
        self.0.state().log.sync()
    }
}

impl State {
    /// Applies a line of the file.
    fn apply(&mut self, record: Record<'_>) -> Result<(), String> {
        match record {
            Record::Message(record) => self.restore(*record),
            Record::Attempt {
                message,
                status,
                next_attempt_at,
                made,
            } => {
                let number = self.known(&message)?;
                let of = self.log.get(number).cloned().ok_or("")?;
                let attempt = self.restore_attempt(&of, *made)?;
                drop(of);
                self.log.update(number, |message| {
                    message.push(attempt);
                    message.status = status;
                    message.next_attempt_at = next_attempt_at;
                });
                Ok(())
            }
            Record::Status {
                message,
                status,
                next_attempt_at,
            } => {
                let number = self.known(&message)?;
                self.log.update(number, |message| {
                    message.status = status;
                    message.next_attempt_at = next_attempt_at;
                });
                Ok(())
            }
            Record::Removed(message) => {
                let number = self.known(&message)?;
                self.log.remove(number);
                Ok(())
            }
            Record::Clock(_) | Record::Ids(_) => Ok(()),
        }
    }

    fn known(&self, id: &str) -> Result<u64, String> {
        let number = self.log.number(id);
        number.ok_or_else(|| format!("there is no message `{id}` before it"))
    }

    fn restore(&mut self, record: MessageRecord<'_>) -> Result<(), String> {
        if self.log.number(&record.id).is_some() {
            return Err(format!("the message `{}` comes twice", record.id));
        }
        let sample = sample(&record);
        let source = self.sources.share(record.source.into_owned());
        let mut message = Message {
            occurred_at: record.occurred_at,
            status: record.status,
            next_attempt_at: record.next_attempt_at,
            chaos: record.chaos,
            ..Message::new(
                &record.id,
                source,
                sample,
                record.contact,
                record.occurred_at,
            )
        };
        for attempt in record.attempts {
            let attempt = self.restore_attempt(&message, attempt)?;
            message.push(attempt);
        }
        self.log.insert(Arc::new(message));
        Ok(())
    }

    fn restore_attempt(
        &mut self,
        message: &Message,
        record: AttemptRecord<'_>,
    ) -> Result<Attempt, String> {
        let sent = match record.to {
            None => None,
            Some(route) => {
                let source = Arc::clone(&message.source);
                let route = Route::restored(&message.sample, source, route);
                let route = route.map_err(|error| error.to_string())?;
                let known = self.routes.find(|one| one.is_like(&route));
                let route = known.unwrap_or_else(|| self.routes.add(route));
                let sample = Arc::clone(&message.sample);
                Some(Sent { sample, route })
            }
        };
        let text = |text: Option<Cow<'_, str>>| text.map(Cow::into_owned);
        Ok(Attempt {
            n: record.n,
            id: record.id.into_owned(),
            at: record.at,
            ms: record.ms,
            outcome: record.outcome,
            status: record.status,
            headers: self.headers.share(record.headers.into_owned()),
            body: record.body.0,
            error: text(record.error),
            resent: record.resent,
            hint: text(record.hint),
            chaos: record.chaos,
            reason: text(record.reason).map(Into::into),
            sent,
            is_given_up: record.given_up,
        })
    }
}

/// The sample that a message is sent with.
fn sample(record: &MessageRecord<'_>) -> Sample {
    let body = record.body.0.clone();
    match (record.mechanism, &record.sent_id) {
        (Mechanism::Account, Some(id)) => Sample::account(&record.event, Value::Null)
            .with_message_id(id)
            .at(&record.occurred_at.to_string())
            .with_body(body),
        _ => Sample::automation(&record.event, Value::Null).with_body(body),
    }
}
