//! Names of events on the command line.

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use siohook_events::{EventName, Shown, events, nearest};

use crate::Failure;

/// Takes any name, and lets shells complete those of the catalogue.
#[derive(Clone)]
pub(crate) struct EventParser;

impl TypedValueParser for EventParser {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let values = events().iter();
        Some(Box::new(values.map(|event| {
            PossibleValue::new(event.name()).help(event.summary())
        })))
    }
}

/// Finds an event of the catalogue.
pub(crate) fn find(name: &str) -> Result<&'static siohook_events::Event, Failure> {
    EventName::new(name).event().ok_or_else(|| {
        let near =
            nearest(name).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let message = format!("no event `{}`{near}", Shown::value(name));
        Failure::new(crate::Exit::Usage, "unknown_event", message)
            .hint("`siohook events` lists them; for another one: --unlisted --body FILE")
    })
}
