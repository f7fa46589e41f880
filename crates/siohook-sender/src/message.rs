//! The message and the attempt in the headers of an account webhook.

use std::time::Duration;

use siohook_events::Timestamp;
use siohook_events::headers::{ATTEMPT_ID, EVENT_TIMESTAMP, MESSAGE_ID};
use uuid::Uuid;

use crate::fixtures::captured;

#[derive(Clone)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) occurred_at: Timestamp,
    pub(crate) attempt: u32,
    first_attempt_id: Uuid,
}

impl Message {
    /// The first attempt of a new message, with unique ids.
    pub(crate) fn fresh() -> Self {
        Self {
            id: Uuid::now_v7().to_string(),
            first_attempt_id: Uuid::now_v7(),
            ..Self::captured()
        }
    }

    /// The first attempt of `fixtures/account-headers.json`.
    pub(crate) fn captured() -> Self {
        let occurred_at = captured(EVENT_TIMESTAMP).parse();
        let first_attempt_id = captured(ATTEMPT_ID).parse();
        Self {
            id: captured(MESSAGE_ID).to_owned(),
            occurred_at: occurred_at.expect("the header is a time"),
            attempt: 1,
            first_attempt_id: first_attempt_id.expect("the header is a UUID"),
        }
    }

    /// An attempt with these headers. What is missing is that of the captured one.
    pub(crate) fn received(
        id: Option<&str>,
        attempt_id: Option<&str>,
        occurred_at: Option<&str>,
    ) -> Self {
        let usual = Self::captured();
        Self {
            id: id.map_or(usual.id, str::to_owned),
            occurred_at: occurred_at
                .and_then(|time| time.parse().ok())
                .unwrap_or(usual.occurred_at),
            attempt: 1,
            first_attempt_id: attempt_id
                .and_then(|id| id.parse().ok())
                .unwrap_or(usual.first_attempt_id),
        }
    }

    /// Takes the ids of another message.
    pub(crate) fn take_ids(&mut self, of: Self) {
        self.id = of.id;
        self.first_attempt_id = of.first_attempt_id;
    }

    /// The id of the attempt. The attempt's number changes the random part of the first id, so
    /// each attempt has its own id, which is the same on every call.
    pub(crate) fn attempt_id(&self) -> Uuid {
        let number = self.attempt.wrapping_sub(1);
        Uuid::from_u128(self.first_attempt_id.as_u128() ^ u128::from(number))
    }

    /// The time of the attempt. The first one is a second after the event, and the others
    /// follow after 4, 16, 64 seconds and so on, up to a day. systeme.io is said to use
    /// similar intervals.
    pub(crate) fn attempted_at(&self) -> Timestamp {
        let gaps = (1..self.attempt).map(|gap| 4_u64.saturating_pow(gap).min(86_400));
        let delay = Duration::from_secs(gaps.fold(1, u64::saturating_add));
        let attempted_at = self.occurred_at.checked_add(delay);
        attempted_at.unwrap_or(self.occurred_at)
    }
}
