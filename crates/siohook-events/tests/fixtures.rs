//! Every body parses, and serialises back to what it was.
#![cfg(feature = "serde")]

mod support;

use std::collections::BTreeSet;

use siohook_events::{Mechanism, events};
use support::fixtures;

#[test]
fn every_fixture_is_read_and_written_back() {
    let fixtures = fixtures();
    for fixture in &fixtures {
        let body = fixture.body();
        if fixture.event.mechanism() == Mechanism::Automation {
            assert_eq!(body["type"], fixture.event.name(), "{}", fixture.file);
        }
        assert_eq!(
            Some(&serde_json::to_value(fixture.payload()).unwrap()),
            body.pointer(fixture.root()),
            "{}",
            fixture.file
        );
    }

    let read: BTreeSet<_> = fixtures
        .iter()
        .map(|fixture| fixture.file.clone())
        .collect();
    let listed = events().iter().flat_map(|event| {
        event.variants().map(|variant| match variant {
            "" => format!("{}.json", event.name()),
            variant => format!("{}.{variant}.json", event.name()),
        })
    });
    assert_eq!(read, listed.collect());
}
