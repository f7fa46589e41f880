//! The bodies of `fixtures/`, and one type that holds whatever they parse into.
#![allow(dead_code, reason = "no test uses all of it")]

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use siohook_events::{Event, Mechanism, events};

#[derive(Deserialize)]
struct Envelope<T> {
    data: T,
}

macro_rules! payloads {
    ($($mechanism:ident $payload:ident $name:literal [$($unified:ident)?] $rest:tt)*) => {
        #[derive(Clone, Debug, PartialEq, Serialize)]
        #[serde(untagged)]
        pub(crate) enum Payload {
            $($payload(siohook_events::$mechanism::$payload)),*
        }

        impl Payload {
            /// Reads a whole body as the type that the table gives to the event.
            pub(crate) fn read(event: &str, body: &str) -> serde_json::Result<Self> {
                match event {
                    $($name => payloads!(@$mechanism body).map(Self::$payload),)*
                    _ => panic!("{event} is not in the catalogue"),
                }
            }
        }
    };
    (@account $body:ident) => { serde_json::from_str($body) };
    (@automation $body:ident) => { serde_json::from_str($body).map(|Envelope { data }| data) };
}
siohook_events::__for_each_event!(payloads);

/// A file of `fixtures/automation` or `fixtures/account`.
#[derive(Debug)]
pub(crate) struct Fixture {
    pub(crate) file: String,
    pub(crate) event: &'static Event,
    pub(crate) text: String,
}

impl Fixture {
    pub(crate) fn payload(&self) -> Payload {
        self.read(&self.text)
            .unwrap_or_else(|error| panic!("{}: {error}", self.file))
    }

    /// Reads another text as this fixture's event.
    pub(crate) fn read(&self, text: &str) -> serde_json::Result<Payload> {
        Payload::read(self.event.name(), text)
    }

    /// Reads the body as it is after a change.
    pub(crate) fn read_with(&self, change: impl FnOnce(&mut Value)) -> serde_json::Result<Payload> {
        let mut body = self.body();
        change(&mut body);
        self.read(&body.to_string())
    }

    pub(crate) fn body(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// Where in the body the payload is.
    pub(crate) fn root(&self) -> &'static str {
        match self.event.mechanism() {
            Mechanism::Automation => "/data",
            _ => "",
        }
    }
}

/// All files, by name. What is not the body of an event fails the test.
pub(crate) fn fixtures() -> Vec<Fixture> {
    let mut fixtures = vec![];
    for mechanism in [Mechanism::Automation, Mechanism::Account] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../fixtures")
            .join(mechanism.to_string());
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let file = path.file_name().unwrap().to_str().unwrap().to_owned();
            let event = event_of(&file)
                .filter(|event| event.mechanism() == mechanism)
                .unwrap_or_else(|| panic!("{mechanism}/{file} is not named after an event"));
            let text = fs::read_to_string(path).unwrap();
            fixtures.push(Fixture { file, event, text });
        }
    }
    fixtures.sort_by(|a, b| a.file.cmp(&b.file));
    fixtures
}

/// Events whose payload has a type: that of a failed payment is unpublished,
/// so it is any JSON, and the fixture made up.
pub(crate) fn typed_fixtures() -> Vec<Fixture> {
    let mut fixtures = fixtures();
    fixtures.retain(|fixture| fixture.event.payload() != "PaymentFailed");
    fixtures
}

/// The fixture `FILE.json`.
pub(crate) fn fixture(file: &str) -> Fixture {
    fixtures()
        .into_iter()
        .find(|fixture| fixture.file.strip_suffix(".json") == Some(file))
        .unwrap_or_else(|| panic!("no fixture {file}"))
}

/// `NAME.json`, or `NAME.variant.json` where an event has several forms.
fn event_of(file: &str) -> Option<&'static Event> {
    let stem = file.strip_suffix(".json")?;
    events().iter().find(|event| {
        let variant = stem.strip_prefix(event.name());
        variant.is_some_and(|variant| variant.is_empty() || variant.starts_with('.'))
    })
}
