//! The suggested handler of an unhandled event.

use heck::{ToPascalCase, ToSnakeCase};
use siohook_events::Event;

use super::spelling;
use crate::delivery::Delivery;

/// The longest name that is suggested, in bytes. Names of the catalogue are shorter.
pub(crate) const LONGEST_NAME: usize = 100;

/// Returns a typed handler of the event. Returns `None` if `#[on_event]` does not take the name,
/// or if the name has the spelling of the other mechanism.
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
    // Two events may have names that differ only in case. Their payload types have different names.
    let (name, payload) = (event.name(), event.payload());
    let function = payload.to_snake_case();
    format!(
        "#[siohook::on_event(\"{name}\")]\n\
         async fn on_{function}(event: siohook::{module}::{payload}) {{\n    let _ = event;\n}}\n"
    )
}

/// The name comes from outside: the literal is escaped, and the identifiers have only its ASCII
/// letters and digits.
fn of_unlisted(name: &str) -> Option<String> {
    let is_refused = name.is_empty() || name.contains('*') || name.contains(char::is_whitespace);
    if is_refused || name.len() > LONGEST_NAME {
        return None;
    }
    // `heck` would keep letters beyond ASCII.
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
