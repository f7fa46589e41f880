//! A description as a page in Markdown.

mod page;
mod schema_text;

use std::fmt::Write;

use serde_json::{Map, Value};
use siohook::describe::{Description, Event, Pattern, replies};
use siohook_events::Mechanism;
use siohook_events::schemars::generate::SchemaSettings;

use self::page::Page;
use self::schema_text::{anchor, link, meaning, type_of};
use crate::common::{
    INTRODUCTION, MECHANISMS, TITLE, event_summary, events, key, mechanism_summary,
};
use crate::credential::{Credential, TOKEN_MEANING};
use crate::headers::{self, Header};
use crate::schemas::Schemas;

/// Writes a page in Markdown: the [events](Description::events), their bodies and
/// handlers, the headers, and the replies.
///
/// Unlike the other documents, it names handlers. It names no secret, token or address.
///
/// ```
/// use siohook::describe::Description;
///
/// let page = siohook_docs::markdown(&Description::of_catalogue());
/// assert!(page.contains("### `SALE_NEW`"));
/// ```
#[must_use]
pub fn markdown(description: &Description) -> String {
    let mut schemas = Schemas::new(SchemaSettings::draft2020_12());
    for event in &description.events {
        schemas.body(event);
    }
    let schemas = schemas.finish();
    let mut page = Page::new(TITLE);
    page.paragraph(INTRODUCTION);
    for mechanism in MECHANISMS {
        let events = events(description, mechanism);
        if !events.is_empty() {
            page.mechanism(mechanism, &events);
            page.credential(Credential::of(description, mechanism));
            page.envelope(mechanism);
        }
        for event in events {
            page.event(event, mechanism, &schemas);
        }
    }
    page.patterns(&description.patterns);
    page.types(&description.events, &schemas);
    page.replies();
    page.into_text()
}

/// The sections.
impl Page {
    fn mechanism(&mut self, mechanism: Mechanism, events: &[&Event]) {
        self.paragraph(match mechanism {
            Mechanism::Automation => "## Automations",
            _ => "## Account webhooks",
        });
        self.paragraph(mechanism_summary(mechanism));
        let row = |event: &&Event| [link(event.name), event_summary(event).to_owned()];
        self.table(["event", ""], events.iter().map(row));
    }

    fn credential(&mut self, credential: Credential) {
        match credential {
            // The table of headers has it.
            Credential::Signature => {}
            Credential::Token => self.paragraph(TOKEN_MEANING),
            Credential::NoneInTheRequest => {
                self.paragraph("Nothing in the request proves where it comes from.");
            }
        }
    }

    /// The envelope of the payload.
    fn envelope(&mut self, mechanism: Mechanism) {
        if mechanism == Mechanism::Automation {
            self.paragraph("The body has four members, and the payload is `data`:");
            let members = [
                ("type", "Name of the event."),
                ("data", "Payload."),
                ("account", "Account that sends: `{\"email\": …}`."),
                ("created_at", "Time of the event."),
            ];
            let row = |(name, meaning)| [code(name), String::from(meaning)];
            self.table(["member", ""], members.map(row));
        } else {
            self.paragraph("The body is the payload. The rest is in headers:");
            let headers = [headers::EVENT, headers::SIGNATURE].into_iter();
            let row = |header: Header| {
                let example = header.example.map(code).unwrap_or_default();
                [code(&header.name()), header.meaning.to_owned(), example]
            };
            let rows = headers.chain(headers::OTHERS).map(row);
            self.table(["header", "", "example"], rows);
        }
    }

    fn event(&mut self, event: &Event, mechanism: Mechanism, schemas: &Map<String, Value>) {
        self.paragraph(&format!("### `{}`", event.name));
        self.paragraph(event_summary(event));
        if let Some(payload) = &event.payload {
            let mut types = format!("Rust: `siohook::{payload}`");
            if let Some(unified) = &event.unified {
                // Writing to a string does not fail.
                let _ = write!(types, ", or `siohook::{unified}`");
            }
            self.paragraph(&format!("{types}."));
            let heading = match mechanism {
                Mechanism::Automation => "member of `data`",
                _ => "member",
            };
            if let Some(schema) = schemas.get(&schema_name(payload)) {
                self.members(heading, schema);
            }
        }
        if !event.handlers.is_empty() {
            self.paragraph("Handlers:\n");
        }
        for handler in &event.handlers {
            self.line(&format!("* `{}`", handler.name));
        }
    }

    /// The members of an object, required ones first.
    fn members(&mut self, heading: &str, schema: &Value) {
        let Some(Value::Object(properties)) = schema.get("properties") else {
            return;
        };
        let required = schema.get("required").and_then(Value::as_array);
        let is_required =
            |name: &str| required.is_some_and(|names| names.iter().any(|it| it == name));
        let mut properties: Vec<_> = properties.iter().collect();
        properties.sort_by_key(|(name, _)| (!is_required(name), name.as_str()));
        let row = |(name, property): (&String, &Value)| {
            let presence = if is_required(name) { "always" } else { "" };
            [
                code(name),
                type_of(property),
                presence.to_owned(),
                meaning(property).to_owned(),
            ]
        };
        self.table([heading, "type", "", ""], properties.into_iter().map(row));
    }

    fn patterns(&mut self, patterns: &[Pattern]) {
        if patterns.is_empty() {
            return;
        }
        self.paragraph("## Patterns");
        self.paragraph("They also match names that the catalogue does not have.");
        let row = |pattern: &Pattern| {
            let handlers: Vec<_> = pattern.handlers.iter().map(|it| code(it.name)).collect();
            [code(pattern.pattern), handlers.join(", ")]
        };
        self.table(["pattern", "handlers"], patterns.iter().map(row));
    }

    /// The types that payloads refer to.
    fn types(&mut self, events: &[Event], schemas: &Map<String, Value>) {
        let is_shown = |name: &String| {
            events.iter().any(|event| {
                let payload = event.payload.as_deref().map(schema_name);
                *name == key(event.name) || payload.as_ref() == Some(name)
            })
        };
        let mut schemas: Vec<_> = schemas.iter().filter(|(name, _)| !is_shown(name)).collect();
        schemas.sort_by_key(|(name, _)| name.as_str());
        let (objects, others): (Vec<_>, Vec<_>) = schemas
            .into_iter()
            .partition(|(_, schema)| schema.get("properties").is_some());
        self.paragraph("## Types");
        for (name, schema) in objects {
            self.paragraph(&format!("### `{name}`"));
            self.paragraph(meaning(schema));
            self.members("member", schema);
        }
        // Too small for headings of their own.
        let row = |(name, schema): (&String, &Value)| {
            let anchor = format!("<a id=\"{}\"></a>`{name}`", anchor(name));
            let meaning = meaning(schema).split("\n\n").next().unwrap_or_default();
            [anchor, type_of(schema), meaning.to_owned()]
        };
        self.table(["type", "on the wire", ""], others.into_iter().map(row));
    }

    fn replies(&mut self) {
        self.paragraph("## Answers");
        self.paragraph("The body of an answer is `{\"outcome\": …}`.");
        let rows = replies().iter().map(|reply| {
            [
                reply.status.to_string(),
                code(reply.outcome.as_str()),
                reply.meaning.to_owned(),
            ]
        });
        self.table(["status", "outcome", ""], rows);
    }
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

/// The name that the schema of a payload type has.
fn schema_name(payload: &str) -> String {
    payload.replace("::", ".")
}
