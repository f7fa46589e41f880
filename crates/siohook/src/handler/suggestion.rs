//! The handler to paste where no handler listens.

use heck::{ToPascalCase, ToSnakeCase};
use siohook_events::Event;

use super::spelling;
use crate::delivery::Delivery;

/// Names of the catalogue are shorter. What is longer is shown to nobody.
pub(crate) const LONGEST_NAME: usize = 100;

/// A handler of this delivery's event, typed, or nothing if `#[on_event]` takes no such
/// name or the name would not be heard by this mechanism.
pub(crate) fn handler_of(delivery: &Delivery) -> Option<String> {
    let event = delivery.event();
    match event.event() {
        Some(listed) => Some(of_listed(listed)),
        None => spelling::mechanism(event.as_str())
            .is_none_or(|own| own == delivery.mechanism())
            .then(|| of_unlisted(event.as_str()))?,
    }
}

fn of_listed(event: &Event) -> String {
    let module = event.mechanism().as_str();
    // Names of the two mechanisms may differ in case only, payloads don't.
    let (name, payload) = (event.name(), event.payload());
    let function = payload.to_snake_case();
    format!(
        "#[siohook::on_event(\"{name}\")]\n\
         async fn on_{function}(event: siohook::{module}::{payload}) {{\n    let _ = event;\n}}\n"
    )
}

/// The name is whatever somebody sent: as a literal it is escaped, and
/// identifiers are made of its ASCII letters and digits only.
fn of_unlisted(name: &str) -> Option<String> {
    let is_refused = name.is_empty() || name.contains('*') || name.contains(char::is_whitespace);
    if is_refused || name.len() > LONGEST_NAME {
        return None;
    }
    // heck alone would keep letters beyond ASCII.
    let words = name.replace(|letter: char| !letter.is_ascii_alphanumeric(), " ");
    let words = match words.trim() {
        "" => "unlisted",
        words => words,
    };
    let (literal, function, data) = (
        name.escape_default(),
        words.to_snake_case(),
        words.to_pascal_case(),
    );
    Some(format!(
        "/// The fields that you need, named as in the body.\n\
         #[derive(serde::Deserialize)]\n\
         struct Event{data} {{}}\n\
         \n\
         #[siohook::on_event(unlisted(\"{literal}\"))]\n\
         async fn on_{function}(siohook::Data(event): siohook::Data<Event{data}>) {{\n    let _ = event;\n}}\n"
    ))
}
