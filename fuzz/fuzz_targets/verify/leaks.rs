//! Whether a text repeats a part of what was received.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::request::FIXTURES;

/// Shorter parts can be in any two texts by chance.
const LENGTH: usize = 8;

/// Where the library's own words are, which a body may happen to hold.
const SOURCES: &[&str] = &[
    include_str!("../../../crates/siohook/src/delivery/mismatch.rs"),
    include_str!("../../../crates/siohook/src/delivery/read_error.rs"),
    include_str!("../../../crates/siohook/src/delivery/reader.rs"),
    include_str!("../../../crates/siohook/src/delivery/reader/access.rs"),
    include_str!("../../../crates/siohook/src/delivery/reader/deserializer.rs"),
    include_str!("../../../crates/siohook/src/verify/hint.rs"),
    include_str!("../../../crates/siohook/src/verify/mod.rs"),
    include_str!("../../../crates/siohook/src/verify/rejection.rs"),
    include_str!("../../../crates/siohook/src/verify/shape.rs"),
    include_str!("../../../crates/siohook/src/verify/signature.rs"),
    include_str!("../../../crates/siohook-events/src/account.rs"),
    include_str!("../../../crates/siohook-events/src/automation.rs"),
    include_str!("../../../crates/siohook-events/src/catalogue.rs"),
    include_str!("../../../crates/siohook-events/src/common.rs"),
    include_str!("../../../crates/siohook-events/src/fields.rs"),
    include_str!("../../../crates/siohook-events/src/lenient.rs"),
    include_str!("../../../crates/siohook-events/src/nested.rs"),
    include_str!("../../../crates/siohook-events/src/unified.rs"),
];

static OWN: LazyLock<HashSet<u64>> = LazyLock::new(|| {
    let sources = SOURCES.iter().flat_map(|source| parts(source.as_bytes()));
    let keys = FIXTURES.iter().flat_map(|(_, body)| keys(body));
    sources.chain(keys).collect()
});

/// Panics if a part of `received` is in `text`, the library's own words aside.
pub fn assert_none_of(received: &[u8], text: &str) {
    // A body has many parts and hardly any of them is in the text.
    const SLOTS: usize = 1 << 12;
    let slot = |part: u64| (part >> 32) as usize % SLOTS;
    let shown: Vec<u64> = parts(text.as_bytes()).collect();
    let mut maybe_shown = [false; SLOTS];
    for part in &shown {
        maybe_shown[slot(*part)] = true;
    }
    let repeated = parts(received)
        .position(|part| maybe_shown[slot(part)] && shown.contains(&part) && !OWN.contains(&part));
    if let Some(at) = repeated {
        let part = received[at..at + LENGTH].escape_ascii();
        panic!("{part} of what was received is in: {text}");
    }
}

/// All parts of this length, scrambled: the fuzzer learns from what is compared,
/// and would otherwise write the library's words into the body.
fn parts(bytes: &[u8]) -> impl Iterator<Item = u64> {
    bytes.array_windows().map(|part: &[u8; LENGTH]| {
        // Odd, so that different parts stay different.
        u64::from_le_bytes(*part).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    })
}

/// The parts of a document's keys, which serde may name.
fn keys(json: &str) -> impl Iterator<Item = u64> {
    json.split('"')
        .zip(json.split('"').skip(1))
        .filter(|(_, after)| after.starts_with(':'))
        .flat_map(|(key, _)| parts(key.as_bytes()))
}
