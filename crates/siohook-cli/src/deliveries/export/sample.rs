use siohook_events::Shown;

use crate::Failure;
use crate::store::Found;

/// A test that sends the delivery to the handlers of its crate.
pub(crate) fn code(found: &Found, is_masked: bool) -> Result<String, Failure> {
    use siohook_sender::{Mechanism, Sample};

    let sample =
        Sample::try_from(&found.capture).map_err(|error| Failure::usage(error.to_string()))?;
    let (imports, sign) = match sample.mechanism() {
        Mechanism::Account => (
            "SECRET, Sample, TestDispatcher, block_on",
            "signed_with(SECRET)",
        ),
        _ => ("Sample, TOKEN, TestDispatcher, block_on", "token(TOKEN)"),
    };
    let id = found.entry.as_ref().map(|entry| &*entry.id);
    let id = id.or(found.capture.name()).unwrap_or("captured");
    let id: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
    let mask = if is_masked { " --mask" } else { "" };
    Ok(format!(
        "use siohook::testing::{{{imports}}};

// {event}: siohook deliveries export {id} --as http{mask} > {id}.http
#[test]
fn {name}() {{
    let sample = Sample::captured(include_bytes!(\"{id}.http\")).{sign};
    let dispatcher = TestDispatcher::builder().build();
    block_on(dispatcher.send(&sample)).assert_done();
}}
",
        event = Shown::value(sample.event()),
        name = function(sample.event().as_str(), &id),
    ))
}

/// The name of a function: `sale_new_k3f9qa`.
fn function(event: &str, id: &str) -> String {
    let letters = event.chars().map(|letter| match letter {
        'a'..='z' | 'A'..='Z' | '0'..='9' => letter.to_ascii_lowercase(),
        _ => '_',
    });
    let letters: String = letters.take(64).collect();
    let start = if letters.starts_with(|letter: char| letter.is_ascii_lowercase()) {
        ""
    } else {
        "event_"
    };
    format!("{start}{letters}_{id}")
}
