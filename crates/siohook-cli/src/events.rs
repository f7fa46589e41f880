//! `siohook events`: the catalogue.

use clap::Args;
use serde::Serialize;
use serde_json::Value;
use siohook_events::{Event, Mechanism, events};
use siohook_sandbox::Sample;

use crate::event::{self, EventParser};
use crate::output::{self, BOLD, FAINT};
use crate::table::{self, Cell};
use crate::{Exit, Failure, Output};

/// List the events that systeme.io sends, or the members of one
///
/// The members of an event are what `siohook trigger --set` takes.
#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  siohook events
  siohook events SALE_NEW
  siohook events contact.optin.completed --form page_model
  siohook events --json | jq -r .name")]
pub(crate) struct Events {
    /// Event whose members are listed
    #[arg(value_parser = EventParser, hide_possible_values = true)]
    event: Option<String>,
    /// Form of the body, if the event has several
    #[arg(long, value_name = "FORM", requires = "event")]
    form: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Line<'a> {
    name: &'a str,
    mechanism: Mechanism,
    summary: &'a str,
    forms: Vec<&'a str>,
}

/// A text, number, flag or nothing in a payload.
#[derive(Serialize)]
pub(crate) struct Member {
    pub(crate) pointer: String,
    kind: &'static str,
    pub(crate) value: Value,
}

impl Events {
    pub(crate) fn run(self, output: Output) -> Result<Exit, Failure> {
        match &self.event {
            Some(name) => self.members(event::find(name)?, output)?,
            None => list(output)?,
        }
        Ok(Exit::Good)
    }

    fn members(&self, event: &Event, output: Output) -> Result<(), Failure> {
        let members = members(event, self.form.as_deref())?;
        if output.is_json {
            for member in &members {
                output::json("member", member)?;
            }
            return Ok(());
        }
        if output.is_terminal {
            output::line(format_args!(
                "{BOLD}{}{BOLD:#}  {}",
                event.name(),
                event.summary()
            ))?;
            let forms = forms(event);
            if !forms.is_empty() {
                output::line(format_args!("forms: {}", forms.join(", ")))?;
            }
            output::line("")?;
        }
        let rows = members.iter().map(|member| {
            vec![
                Cell::new(&member.pointer),
                Cell::new(member.kind).style(FAINT),
                Cell::new(member.value.to_string()),
            ]
        });
        table::write(output, &["POINTER", "TYPE", "SAMPLE"], rows.collect())?;
        Ok(())
    }
}

fn list(output: Output) -> Result<(), Failure> {
    if output.is_json {
        for line in lines() {
            output::json("event", line)?;
        }
        return Ok(());
    }
    let rows = events().iter().map(|event| {
        vec![
            Cell::new(event.name()),
            Cell::new(event.mechanism().to_string()).style(FAINT),
            Cell::new(event.summary()),
            Cell::new(forms(event).join(", ")).style(FAINT),
        ]
    });
    table::write(
        output,
        &["EVENT", "MECHANISM", "WHEN", "FORMS"],
        rows.collect(),
    )?;
    Ok(())
}

/// What a list says of each event.
pub(crate) fn lines() -> impl Iterator<Item = Line<'static>> {
    events().iter().map(|event| Line {
        name: event.name(),
        mechanism: event.mechanism(),
        summary: event.summary(),
        forms: forms(event),
    })
}

/// The members of the payload of a sample.
pub(crate) fn members(event: &Event, form: Option<&str>) -> Result<Vec<Member>, Failure> {
    let sample = match form {
        Some(form) => Sample::try_variant(event.name(), form),
        None => Sample::try_of(event.name()),
    };
    let sample = sample.map_err(|error| Failure::usage(error.to_string()))?;
    let body: Value =
        serde_json::from_slice(sample.body()).map_err(|error| Failure::usage(error.to_string()))?;
    Ok(members_of(event.mechanism(), &body))
}

/// The members of the payload in a body.
pub(crate) fn members_of(mechanism: Mechanism, body: &Value) -> Vec<Member> {
    let payload = match mechanism {
        Mechanism::Automation => &body["data"],
        _ => body,
    };
    let mut members = vec![];
    collect(payload, &mut String::new(), &mut members);
    members
}

/// The forms that have a name.
fn forms(event: &Event) -> Vec<&'static str> {
    event.variants().filter(|form| !form.is_empty()).collect()
}

/// Adds the members of a value that stands at `place`.
fn collect(value: &Value, place: &mut String, members: &mut Vec<Member>) {
    let length = place.len();
    let mut child = |name: &str, value: &Value, members: &mut Vec<Member>| {
        place.push('/');
        place.push_str(&name.replace('~', "~0").replace('/', "~1"));
        collect(value, place, members);
        place.truncate(length);
    };
    match value {
        Value::Object(object) if !object.is_empty() => {
            for (name, value) in object {
                child(name, value, members);
            }
        }
        Value::Array(array) if !array.is_empty() => {
            for (index, value) in array.iter().enumerate() {
                child(&index.to_string(), value, members);
            }
        }
        value => members.push(Member {
            pointer: place.clone(),
            kind: kind(value),
            value: value.clone(),
        }),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}
