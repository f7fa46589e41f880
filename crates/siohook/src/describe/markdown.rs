//! A description as a page.

mod words;

use std::fmt::Write;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};
use siohook_events::{Mechanism, schemars};

use self::words::{anchor, link, meaning, type_of};
use super::schemas::Schemas;
use super::wire;
use super::{Description, Event};

/// Where the payload is: of an automation in the member `data`.
const PAYLOAD: [(Mechanism, &str); 2] = [
    (Mechanism::Automation, "member of `data`"),
    (Mechanism::Account, "member"),
];

impl Description {
    /// A page in Markdown: the [events](Self::events), what their bodies hold, who
    /// listens to them, what is around them, and what is answered.
    ///
    /// Unlike the other documents it names handlers; it names no secret, token or
    /// address.
    ///
    /// ```
    /// let page = siohook::describe::Description::of_catalogue().markdown();
    /// assert!(page.contains("### `SALE_NEW`"));
    /// ```
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut schemas = Schemas::new(SchemaSettings::draft2020_12());
        for event in &self.events {
            schemas.body(event);
        }
        let schemas = schemas.finish();
        let mut page = Page(String::new());
        page.line("# systeme.io webhooks");
        page.paragraph(wire::BODIES);
        for (mechanism, members) in PAYLOAD {
            let events = wire::events(self, mechanism);
            if !events.is_empty() {
                page.mechanism(self, mechanism, &events);
            }
            for event in events {
                page.event(event, members, &schemas);
            }
        }
        page.patterns(self);
        page.types(self, &schemas);
        page.replies();
        page.0
    }
}

struct Page(String);

impl Page {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn paragraph(&mut self, text: &str) {
        self.0.push('\n');
        self.line(text);
    }

    fn table(&mut self, columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
        let mut rows = rows.into_iter().peekable();
        if rows.peek().is_none() {
            return;
        }
        self.paragraph(&format!("| {} |", columns.join(" | ")));
        self.line(&format!("|{}", "---|".repeat(columns.len())));
        for row in rows {
            let cells: Vec<_> = row
                .iter()
                .map(|cell| cell.replace('|', "\\|").replace('\n', " "))
                .collect();
            self.line(&format!("| {} |", cells.join(" | ")));
        }
    }

    fn mechanism(&mut self, description: &Description, mechanism: Mechanism, events: &[&Event]) {
        self.paragraph(match mechanism {
            Mechanism::Automation => "## Automations",
            Mechanism::Account => "## Account webhooks",
        });
        self.paragraph(wire::mechanism(mechanism));
        let row = |event: &&Event| vec![link(event.name), wire::summary(event).to_owned()];
        self.table(&["event", ""], events.iter().map(row));
        match wire::credential(description, mechanism) {
            wire::Credential::Signature => {}
            wire::Credential::Token => self.paragraph(wire::TOKEN_MEANING),
            wire::Credential::NoneInTheRequest => {
                self.paragraph("Nothing in the request is a proof of where it comes from.");
            }
        }
        match mechanism {
            Mechanism::Automation => {
                self.paragraph("The body has four members, and the payload is `data`:");
                let members = [
                    ("type", "The name of the event."),
                    ("data", "The payload."),
                    ("account", "The account that sends: `{\"email\": …}`."),
                    ("created_at", "When it happened."),
                ];
                let row =
                    |(name, meaning): (&str, &str)| vec![format!("`{name}`"), meaning.to_owned()];
                self.table(&["member", ""], members.map(row));
            }
            Mechanism::Account => {
                self.paragraph("The body is the payload. The rest is in headers:");
                let named = [
                    (wire::EVENT, wire::EVENT_MEANING, ""),
                    (wire::SIGNATURE, wire::SIGNATURE_MEANING, ""),
                ];
                let others = wire::HEADERS
                    .iter()
                    .map(|it| (it.name, it.meaning, it.example));
                let row = |(name, meaning, example): (&str, &str, &str)| {
                    let example = if example.is_empty() {
                        String::new()
                    } else {
                        format!("`{example}`")
                    };
                    vec![format!("`{name}`"), meaning.to_owned(), example]
                };
                self.table(
                    &["header", "", "example"],
                    named.into_iter().chain(others).map(row),
                );
            }
        }
    }

    fn event(&mut self, event: &Event, members: &str, schemas: &Map<String, Value>) {
        self.paragraph(&format!("### `{}`", event.name));
        self.paragraph(wire::summary(event));
        if let Some(payload) = &event.payload {
            let mut types = format!("Rust: `siohook::{payload}`");
            if let Some(unified) = &event.unified {
                // Writing to a string does not fail.
                let _ = write!(types, ", or `siohook::{unified}`");
            }
            self.paragraph(&format!("{types}."));
            self.members(members, schemas.get(&schema_name(payload)));
        }
        for (at, handler) in event.handlers.iter().enumerate() {
            if at == 0 {
                self.paragraph("Handlers:\n");
            }
            self.line(&format!("* `{}`", handler.name));
        }
    }

    /// The table of an object's members, those that are always there first.
    fn members(&mut self, heading: &str, schema: Option<&Value>) {
        let member = |key| schema.and_then(|schema| schema.get(key));
        let Some(Value::Object(properties)) = member("properties") else {
            return;
        };
        let required: Vec<&Value> = member("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .collect();
        let is_required = |name: &str| required.iter().any(|it| *it == name);
        let mut properties: Vec<_> = properties.iter().collect();
        properties.sort_by_key(|(name, _)| (!is_required(name), name.as_str()));
        let row = |(name, property): (&String, &Value)| {
            let presence = if is_required(name) { "always" } else { "" };
            vec![
                format!("`{name}`"),
                type_of(property),
                presence.to_owned(),
                meaning(property).to_owned(),
            ]
        };
        self.table(&[heading, "type", "", ""], properties.into_iter().map(row));
    }

    fn patterns(&mut self, description: &Description) {
        if description.patterns.is_empty() {
            return;
        }
        self.paragraph("## Patterns");
        self.paragraph("They also take names that nobody has published.");
        let row = |pattern: &super::Pattern| {
            let handlers = pattern.handlers.iter().map(|it| format!("`{}`", it.name));
            vec![
                format!("`{}`", pattern.pattern),
                handlers.collect::<Vec<_>>().join(", "),
            ]
        };
        self.table(
            &["pattern", "handlers"],
            description.patterns.iter().map(row),
        );
    }

    /// What payloads are made of.
    fn types(&mut self, description: &Description, schemas: &Map<String, Value>) {
        let is_shown = |name: &String| {
            description.events.iter().any(|event| {
                let payload = event.payload.as_deref().map(schema_name);
                *name == wire::key(event.name) || payload.as_ref() == Some(name)
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
            self.members("member", Some(schema));
        }
        // Too small for headings of their own.
        let row = |(name, schema): (&String, &Value)| {
            let anchor = format!("<a id=\"{}\"></a>`{name}`", anchor(name));
            let meaning = meaning(schema).split("\n\n").next().unwrap_or_default();
            vec![anchor, type_of(schema), meaning.to_owned()]
        };
        self.table(&["type", "on the wire", ""], others.into_iter().map(row));
    }

    fn replies(&mut self) {
        self.paragraph("## Answers");
        self.paragraph("The body of an answer is `{\"outcome\": …}`.");
        let rows = wire::replies().into_iter().flat_map(|(status, outcomes)| {
            outcomes.into_iter().map(move |(outcome, meaning)| {
                vec![
                    status.to_string(),
                    format!("`{outcome}`"),
                    meaning.to_owned(),
                ]
            })
        });
        self.table(&["status", "outcome", ""], rows);
    }
}

/// The name that the schema of a payload type has.
fn schema_name(payload: &str) -> String {
    payload.replace("::", ".")
}
