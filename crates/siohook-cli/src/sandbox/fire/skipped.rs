//! What was not sent, and why.

use serde::Deserialize;
use serde_json::Value;
use siohook_events::Shown;

use crate::{Exit, Failure, Output, output};

/// A webhook, rule or workflow that an event did not reach.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Skipped(Value);

/// `rule 3: the tag is another one`
impl std::fmt::Display for Skipped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let members = self.0.as_object().into_iter().flatten();
        for (name, value) in members.filter(|(name, value)| *name != "why" && !value.is_null()) {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            write!(f, "{} {}: ", Shown::value(name), Shown::value(value))?;
        }
        let why = self
            .0
            .get("why")
            .and_then(Value::as_str)
            .unwrap_or_default();
        Shown::value(why).fmt(f)
    }
}

/// Writes what was skipped beside something that was sent.
pub(super) fn write(output: Output, skipped: &[Skipped]) -> Result<(), Failure> {
    for skipped in skipped {
        if output.is_json {
            output::json("skipped", &skipped.0)?;
        } else {
            output.details(format_args!("not sent by {skipped}"));
        }
    }
    Ok(())
}

/// Nothing was sent.
pub(super) fn failure(event: &str, skipped: &[Skipped]) -> Failure {
    let message = format!("nothing received {}", Shown::value(event));
    let hint = if skipped.is_empty() {
        "no webhook and no rule listens to it: add `--to URL`, or start the sandbox with one"
            .to_owned()
    } else {
        let lines: Vec<_> = skipped.iter().map(ToString::to_string).collect();
        format!(
            "{}\nadd `--to URL` to send it all the same",
            lines.join("\n")
        )
    };
    Failure::new(Exit::Bad, "no_receiver", message).hint(hint)
}
