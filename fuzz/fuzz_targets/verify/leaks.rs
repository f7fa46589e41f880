//! Checks that a text repeats no part of a request.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::request::FIXTURES;

/// The length of a part, in bytes. Two texts may share a shorter part by chance.
const LENGTH: usize = 8;

/// Sources of the library's own words. A body may contain the same words.
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

/// Panics if a part of `received` is in `text`. The library's own words are allowed.
pub fn assert_none_of(received: &[u8], text: &str) {
    // Most parts of a body are not in the text, and a small table finds them fast.
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
        panic!("{part} was received, and is in: {text}");
    }
}

/// All parts of this length, scrambled. The fuzzer learns from compared values, and
/// would otherwise write the library's words into the body.
fn parts(bytes: &[u8]) -> impl Iterator<Item = u64> {
    bytes.array_windows().map(|part: &[u8; LENGTH]| {
        // The factor is odd, so that different parts stay different.
        u64::from_le_bytes(*part).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    })
}

/// The parts of a document's keys, which an error may name.
fn keys(json: &str) -> impl Iterator<Item = u64> {
    json.split('"')
        .zip(json.split('"').skip(1))
        .filter(|(_, after)| after.starts_with(':'))
        .flat_map(|(key, _)| parts(key.as_bytes()))
}
