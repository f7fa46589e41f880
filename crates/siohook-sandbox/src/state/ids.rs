use serde::{Deserialize, Serialize};
use siohook_events::Timestamp;
use uuid::Builder;

/// Source of the ids of an account. The same seed gives the same ids.
///
/// Numbers are unique over the whole account, so an id of one kind is never also one of another.
/// A receiver that takes a customer id for a contact id is found out at once.
///
/// ```
/// use siohook_sandbox::state::Ids;
///
/// let (mut one, mut other) = (Ids::new(7), Ids::new(7));
/// assert_eq!(one.number(), 1);
/// assert_eq!(one.number(), 2);
/// let now = "2026-01-01T00:00:00Z".parse()?;
/// assert_eq!(one.uuid(now), other.uuid(now));
/// # Ok::<(), siohook_sandbox::ParseTimestampError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ids {
    last: u64,
    random: u64,
}

impl Ids {
    /// The greatest number that a file may have, and that JavaScript can tell from the next.
    pub(super) const MAX: u64 = (1 << 53) - 1;

    /// Makes a source from a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        let (last, random) = (0, seed);
        Self { last, random }
    }

    /// Returns the next number. The first one is 1.
    pub fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Goes on behind a number that is in use.
    pub(super) fn skip_to(&mut self, used: u64) -> Result<(), String> {
        if self.last > Self::MAX {
            return Err(format!("`ids.last` goes up to {}", Self::MAX));
        }
        self.last = self.last.max(used);
        Ok(())
    }

    /// Goes on where another source ended, unless this one has gone further.
    pub(crate) fn go_on_from(&mut self, other: &Self) {
        if (self.last..=Self::MAX).contains(&other.last) {
            *self = other.clone();
        }
    }

    /// Returns a new UUID of version 7.
    pub fn uuid(&mut self, now: Timestamp) -> String {
        let seconds = u64::try_from(now.unix_seconds()).unwrap_or_default();
        let millis = seconds * 1000 + u64::from(now.subsec_nanos() / 1_000_000);
        let mut random = [0; 10];
        random[..8].copy_from_slice(&self.next().to_be_bytes());
        random[8..].copy_from_slice(&self.next().to_be_bytes()[..2]);
        Builder::from_unix_timestamp_millis(millis, &random)
            .into_uuid()
            .to_string()
    }

    /// Another source that goes on with the same numbers and has other UUIDs.
    pub(crate) fn fork(&self) -> Self {
        Self {
            random: !self.random,
            ..*self
        }
    }

    /// The next number of `SplitMix64`.
    fn next(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = self.random;
        let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
