//! Messages, from the oldest to the newest.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use siohook_events::Timestamp;

use crate::journal::Journal;
use crate::state::{Ids, StateFileError};
use crate::{Clock, Message, Status};

/// Bodies of answers that are kept in all, in bytes: 64 MiB. A receiver may answer each attempt
/// with a long page.
const MOST_ANSWERED: usize = 64 << 20;

/// Keeps a limited number of finished messages, in memory and perhaps in a file.
#[derive(Debug)]
pub(crate) struct Log {
    messages: BTreeMap<u64, Arc<Message>>,
    numbers: HashMap<Arc<str>, u64>,
    waiting: BTreeSet<(Timestamp, u64)>,
    /// Those that no attempt is under way for.
    idle: BTreeSet<u64>,
    finished: BTreeSet<u64>,
    /// Messages with bodies of answers, and the bytes of all of them.
    answered: BTreeSet<u64>,
    answered_bytes: usize,
    next: u64,
    keep: usize,
    journal: Option<Journal>,
}

impl Log {
    pub(crate) fn new(keep: usize) -> Self {
        Self {
            messages: BTreeMap::new(),
            numbers: HashMap::new(),
            waiting: BTreeSet::new(),
            idle: BTreeSet::new(),
            finished: BTreeSet::new(),
            answered: BTreeSet::new(),
            answered_bytes: 0,
            next: 0,
            keep,
            journal: None,
        }
    }

    /// Adds a message. Returns its number.
    pub(crate) fn insert(&mut self, message: Arc<Message>) -> u64 {
        let number = self.next;
        self.next += 1;
        if let Some(journal) = &mut self.journal {
            journal.insert(number, &message);
        }
        self.numbers.insert(Arc::clone(&message.id), number);
        self.enter(number, &message);
        self.messages.insert(number, message);
        self.shrink();
        number
    }

    /// The number of the next message.
    pub(crate) fn next_number(&self) -> u64 {
        self.next
    }

    pub(crate) fn number(&self, id: &str) -> Option<u64> {
        self.numbers.get(id).copied()
    }

    pub(crate) fn get(&self, number: u64) -> Option<&Arc<Message>> {
        self.messages.get(&number)
    }

    pub(crate) fn messages(&self) -> impl Iterator<Item = &Arc<Message>> {
        self.messages.values()
    }

    /// Numbers of the messages that wait for an attempt up to this time, in order.
    pub(crate) fn due(&self, until: Timestamp) -> Vec<u64> {
        let due = self.waiting.range(..=(until, u64::MAX));
        due.map(|(_, number)| *number).collect()
    }

    pub(crate) fn waiting(&self) -> Vec<u64> {
        self.waiting.iter().map(|(_, number)| *number).collect()
    }

    /// The times for which messages wait.
    pub(crate) fn waiting_times(&self) -> BTreeSet<Timestamp> {
        self.waiting.iter().map(|(at, _)| *at).collect()
    }

    /// Numbers of the messages whose attempt is due.
    pub(crate) fn queued(&self) -> Vec<u64> {
        let queued = |number: &u64| {
            let message = self.messages.get(number);
            message.is_some_and(|message| message.status == Status::Queued)
        };
        self.idle.iter().copied().filter(queued).collect()
    }

    pub(crate) fn next_attempt_at(&self) -> Option<Timestamp> {
        self.waiting.first().map(|(at, _)| *at)
    }

    pub(crate) fn has_unfinished(&self) -> bool {
        self.unfinished() > 0
    }

    fn unfinished(&self) -> usize {
        self.messages.len() - self.finished.len()
    }

    /// The oldest message that no attempt is under way for, if there is no room for another.
    pub(crate) fn surplus(&self, most: usize) -> Option<u64> {
        let oldest = self.idle.first().copied();
        oldest.filter(|_| self.unfinished() >= most)
    }

    /// Changes a message, and drops the oldest finished ones. Returns what it is now, or
    /// `None` if there is no such message any more.
    pub(crate) fn update(
        &mut self,
        number: u64,
        change: impl FnOnce(&mut Message),
    ) -> Option<Arc<Message>> {
        let before = Arc::clone(self.messages.get(&number)?);
        self.leave(number, &before);
        let attempts = before.attempts.len();
        let was = (before.status, before.next_attempt_at);
        // The last reference is changed in its place.
        drop(before);
        let message = self.messages.get_mut(&number)?;
        change(Arc::make_mut(message));
        let message = Arc::clone(message);
        if let Some(journal) = &mut self.journal {
            journal.update(number, &message, attempts, was);
        }
        self.enter(number, &message);
        self.shrink();
        Some(message)
    }

    /// Takes a message into the lists of its status.
    fn enter(&mut self, number: u64, message: &Message) {
        let answered = answered_bytes(message);
        if answered > 0 {
            self.answered.insert(number);
            self.answered_bytes += answered;
        }
        if let Some(at) = waits_until(message) {
            self.waiting.insert((at, number));
        }
        match message.status {
            Status::Queued | Status::Waiting => _ = self.idle.insert(number),
            Status::Delivering => {}
            _ => _ = self.finished.insert(number),
        }
    }

    /// Takes a message out of all lists.
    fn leave(&mut self, number: u64, message: &Message) {
        self.answered.remove(&number);
        self.answered_bytes -= answered_bytes(message);
        if let Some(at) = waits_until(message) {
            self.waiting.remove(&(at, number));
        }
        self.idle.remove(&number);
        self.finished.remove(&number);
    }

    /// Drops what is too much, the oldest first.
    fn shrink(&mut self) {
        while self.finished.len() > self.keep
            && let Some(oldest) = self.finished.first().copied()
        {
            self.remove(oldest);
        }
        while self.answered_bytes > MOST_ANSWERED
            && let Some(oldest) = self.answered.pop_first()
        {
            self.drop_answers(oldest);
        }
        self.tend();
    }

    /// Drops the bodies of the answers to a message.
    fn drop_answers(&mut self, number: u64) {
        let Some(message) = self.messages.get_mut(&number) else {
            return;
        };
        self.answered_bytes -= answered_bytes(message);
        for attempt in &mut Arc::make_mut(message).attempts {
            attempt.body = Bytes::new();
        }
    }

    pub(crate) fn remove(&mut self, number: u64) -> Option<Arc<Message>> {
        let message = self.messages.remove(&number)?;
        self.leave(number, &message);
        self.numbers.remove(&message.id);
        if let Some(journal) = &mut self.journal {
            journal.remove(number, &message);
        }
        Some(message)
    }

    pub(crate) fn clear(&mut self) {
        self.messages.clear();
        self.numbers.clear();
        self.waiting.clear();
        self.idle.clear();
        self.finished.clear();
        self.answered.clear();
        self.answered_bytes = 0;
        if let Some(journal) = &mut self.journal {
            journal.clear();
        }
    }
}

/// # The file
impl Log {
    /// Keeps this number of finished messages from now on.
    pub(crate) fn keep(&mut self, keep: usize) {
        self.keep = keep;
        self.shrink();
    }

    /// Keeps the messages in a file, which is written anew.
    pub(crate) fn keep_in(
        &mut self,
        path: &Path,
        clock: Clock,
        ids: Option<Ids>,
    ) -> Result<(), StateFileError> {
        let journal = Journal::create(path, clock, ids, &self.messages)?;
        self.journal = Some(journal);
        Ok(())
    }

    pub(crate) fn journal(&mut self) -> Option<&mut Journal> {
        self.journal.as_mut()
    }

    /// Writes the file anew if that is due.
    pub(crate) fn tend(&mut self) {
        if let Some(journal) = self.journal.as_mut().filter(|journal| journal.is_due()) {
            // It is tried again later.
            let _ = journal.rewrite(&self.messages);
        }
    }

    /// Has everything written to the disk.
    pub(crate) fn sync(&mut self) -> Result<(), StateFileError> {
        let Some(journal) = &mut self.journal else {
            return Ok(());
        };
        if journal.failure().is_some() {
            journal.rewrite(&self.messages)?;
        }
        journal.sync()
    }
}

fn answered_bytes(message: &Message) -> usize {
    let attempts = message.attempts.iter();
    attempts.map(|attempt| attempt.body.len()).sum()
}

fn waits_until(message: &Message) -> Option<Timestamp> {
    message
        .next_attempt_at
        .filter(|_| message.status == Status::Waiting)
}

#[cfg(test)]
mod tests {
    use siohook_sender::Sample;

    use super::*;
    use crate::Source;

    fn insert(log: &mut Log, id: &str) -> u64 {
        let url = "http://localhost/".to_owned();
        let sample = Sample::of("contact.tag.added");
        let now = sample.occurred_at().unwrap();
        let source = Arc::new(Source::Rule { rule: 1, url });
        log.insert(Arc::new(Message::new(id, source, sample, None, now)))
    }

    #[test]
    fn the_surplus_is_the_oldest_without_an_attempt() {
        let mut log = Log::new(1);
        let numbers = ["a", "b", "c"].map(|id| insert(&mut log, id));
        let mut becomes = |number, status| {
            log.update(number, |message| message.status = status);
            [3, 4].map(|most| log.surplus(most))
        };
        let [first, second, third] = numbers;
        assert_eq!(becomes(second, Status::Queued), [Some(first), None]);
        assert_eq!(becomes(first, Status::Delivering), [Some(second), None]);
        assert_eq!(becomes(second, Status::Waiting), [Some(second), None]);
        assert_eq!(becomes(second, Status::Delivering), [Some(third), None]);
        assert_eq!(becomes(third, Status::Delivering), [None, None]);
        assert_eq!(becomes(second, Status::Waiting), [Some(second), None]);
        assert_eq!(becomes(third, Status::Delivered), [None, None]);
        log.remove(second);
        assert_eq!(log.surplus(0), None);
    }
}
