//! Which deliveries and dead letters a call is about.

use std::fmt;

use siohook::Timestamp;
use siohook_events::Shown;

use crate::InboxError;
use crate::clock::millis;
use crate::inbox::REMEMBER_AT_LEAST;
use crate::store::{EventFilter, Filter, Millis, Retention};

/// Sets the parts of a [`Filter`], and remembers the first that is wrong.
#[derive(Clone, Default)]
pub(super) struct Problems(Option<String>);

impl Problems {
    pub(super) fn event(&mut self, filter: &mut Filter, pattern: &str) {
        match EventFilter::parse(pattern) {
            Ok(event) => filter.event = Some(event),
            Err(error) => {
                let pattern = Shown::value(pattern);
                self.note(format!("`event({pattern:?})`: {error}"));
            }
        }
    }

    pub(super) fn since(
        &mut self,
        filter: &mut Filter,
        time: impl TryInto<Timestamp, Error: fmt::Display>,
    ) {
        self.time("since", time, &mut filter.since);
    }

    pub(super) fn before(
        &mut self,
        filter: &mut Filter,
        time: impl TryInto<Timestamp, Error: fmt::Display>,
    ) {
        self.time("before", time, &mut filter.before);
    }

    fn time(
        &mut self,
        name: &str,
        time: impl TryInto<Timestamp, Error: fmt::Display>,
        set: &mut Millis,
    ) {
        match millis_of(name, time) {
            Ok(time) => *set = time,
            Err(error) => self.note(error.to_string()),
        }
    }

    fn note(&mut self, problem: String) {
        self.0.get_or_insert(problem);
    }

    pub(super) fn check(self) -> Result<(), InboxError> {
        self.0.map_or(Ok(()), |text| Err(InboxError::Request(text)))
    }
}

/// The time that a call was given. `name` is that of the method.
pub(super) fn millis_of(
    name: &str,
    time: impl TryInto<Timestamp, Error: fmt::Display>,
) -> Result<Millis, InboxError> {
    let time = time.try_into().map_err(|error| {
        let text = format!("`{name}`: {}", Shown::text(error));
        InboxError::Request(text)
    })?;
    let millis = i64::from(time.subsec_nanos() / 1_000_000);
    Ok(time.unix_seconds() * 1000 + millis)
}

/// Keeps what ended at `before` or later, and what is dead, and keys as long as copies can come.
pub(super) fn earliest_kept(now: Millis, before: Millis) -> Retention {
    let body = now.saturating_sub(before);
    Retention {
        body,
        dead_body: Millis::MAX,
        remember: body.max(millis(REMEMBER_AT_LEAST)),
    }
}
