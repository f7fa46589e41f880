//! The sample bodies of `fixtures/`.

use std::fs;
use std::path::Path;

use serde_json::Value;
use siohook_events::{Event, Mechanism, events};

pub(crate) struct Fixture {
    /// `CONTACT_TAG_REMOVED.nested.json`
    pub(crate) file: String,
    pub(crate) event: &'static Event,
    pub(crate) body: Value,
}

/// All bodies.
pub(crate) fn fixtures() -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut fixtures = vec![];
    for mechanism in [Mechanism::Automation, Mechanism::Account] {
        for entry in fs::read_dir(folder.join(mechanism.to_string())).unwrap() {
            let entry = entry.unwrap();
            let file = entry.file_name().into_string().unwrap();
            fixtures.push(Fixture {
                event: event_of(&file),
                body: serde_json::from_slice(&fs::read(entry.path()).unwrap()).unwrap(),
                file,
            });
        }
    }
    assert!(fixtures.len() >= 19, "{}", fixtures.len());
    fixtures
}

/// The event that a file is named after: the longest name that it begins with.
fn event_of(file: &str) -> &'static Event {
    events()
        .iter()
        .filter(|event| file.starts_with(event.name()))
        .max_by_key(|event| event.name().len())
        .unwrap_or_else(|| panic!("{file} is named after no event"))
}
