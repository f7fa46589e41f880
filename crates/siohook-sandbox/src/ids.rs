//! Message and attempt ids: UUIDs of version 7 with the time of the account.

use siohook_events::Timestamp;
use uuid::Builder;

/// A sequence of ids. With a seed, it is the same each time.
#[derive(Debug)]
pub(crate) struct Ids(fastrand::Rng);

impl Ids {
    pub(crate) fn new(seed: Option<u64>) -> Self {
        Self(seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed))
    }

    pub(crate) fn next(&mut self, at: Timestamp) -> String {
        id(at, &mut self.0)
    }
}

/// The id of an attempt. It follows from the message and the number, so it does not depend on
/// which receiver answers first.
pub(crate) fn attempt_id(message: &str, number: u32, at: Timestamp) -> String {
    id(at, &mut seeded(message, number))
}

/// Random numbers that follow from a text and a number.
pub(crate) fn seeded(text: &str, number: u32) -> fastrand::Rng {
    let seed = text.bytes().fold(u64::from(number), |seed, byte| {
        seed.rotate_left(8).wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte)
    });
    fastrand::Rng::with_seed(seed)
}

fn id(at: Timestamp, random: &mut fastrand::Rng) -> String {
    let mut bytes = [0; 10];
    random.fill(&mut bytes);
    let millis = at.unix_seconds().unsigned_abs() * 1000 + u64::from(at.subsec_nanos() / 1_000_000);
    let id = Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid();
    id.to_string()
}
