//! Messages, from the oldest to the newest.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use siohook_events::Timestamp;

use crate::{Message, Status};

/// Bodies of answers that are kept in all, in bytes: 64 MiB. A receiver may answer each attempt
/// with a long page.
const MOST_ANSWERED: usize = 64 << 20;

/// Keeps a limited number of finished messages.
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
        }
    }

    /// Adds a message that is queued. Returns its number.
    pub(crate) fn insert(&mut self, message: Arc<Message>) -> u64 {
        let number = self.next;
        self.next += 1;
        self.numbers.insert(Arc::clone(&message.id), number);
        self.idle.insert(number);
        self.messages.insert(number, message);
        number
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
        let message = self.messages.get_mut(&number)?;
        if let Some(at) = waits_until(message) {
            self.waiting.remove(&(at, number));
        }
        self.idle.remove(&number);
        self.finished.remove(&number);
        let before = answered_bytes(message);
        change(Arc::make_mut(message));
        let message = Arc::clone(message);
        let after = answered_bytes(&message);
        if after > 0 {
            self.answered.insert(number);
        }
        self.answered_bytes = self.answered_bytes - before + after;
        if let Some(at) = waits_until(&message) {
            self.waiting.insert((at, number));
        }
        match message.status {
            Status::Queued | Status::Waiting => _ = self.idle.insert(number),
            Status::Delivering => {}
            _ => _ = self.finished.insert(number),
        }
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
        Some(message)
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
        self.answered_bytes -= answered_bytes(&message);
        self.answered.remove(&number);
        self.numbers.remove(&message.id);
        self.idle.remove(&number);
        self.finished.remove(&number);
        if let Some(at) = waits_until(&message) {
            self.waiting.remove(&(at, number));
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
