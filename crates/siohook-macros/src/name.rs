use siohook_events::{Event, EventPattern, events, nearest};
use syn::LitStr;
use syn::parse::{Error, Result};

const EXAMPLE: &str = "contact.tag.added";

/// A name or a pattern, and the events of the catalogue that it matches. An unlisted name
/// has an empty list.
pub(crate) struct Name {
    pub(crate) literal: LitStr,
    pub(crate) listed: Vec<&'static Event>,
}

impl Name {
    pub(crate) fn listed(literal: LitStr) -> Result<Self> {
        let text = literal.value();
        let names = names_within(&text);
        if text.trim().is_empty() {
            return Err(Error::new(literal.span(), missing()));
        }
        if names.len() > 1 {
            let message = format!("each name is a string of its own: {}", attribute(&names));
            return Err(Error::new(literal.span(), message));
        }
        let pattern =
            EventPattern::parse(&text).map_err(|error| Error::new(literal.span(), error))?;
        let listed: Vec<_> = pattern.listed().collect();
        if !listed.is_empty() {
            return Ok(Self { literal, listed });
        }
        let what = match pattern {
            EventPattern::Prefix(_) => format!("pattern `{text}` matches no event"),
            _ => format!("unknown event `{text}`"),
        };
        let meant =
            nearest(&text).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        let message = format!(
            "{what}{meant}\nnote: `siohook::events` documents the names\n\
             note: for a name that is not among them, write `unlisted(\"…\")`"
        );
        Err(Error::new(literal.span(), message))
    }

    pub(crate) fn unlisted(literal: LitStr) -> Result<Self> {
        let text = literal.value();
        let names = names_within(&text);
        let message = if is_listed(&text) {
            let what = if text.contains('*') {
                "pattern"
            } else {
                "event"
            };
            let attribute = attribute(&[&text]);
            format!("`{text}` is a known {what}; remove `unlisted(…)`: {attribute}")
        } else if text.contains('*') {
            "`unlisted` takes a name, not a pattern; write it for each name".to_owned()
        } else if names.len() > 1 {
            one_for_each(&names)
        } else if text.is_empty() || text.contains(char::is_whitespace) {
            "write the name of an event, without white space".to_owned()
        } else {
            return Ok(Self {
                literal,
                listed: vec![],
            });
        };
        Err(Error::new(literal.span(), message))
    }

    /// Returns an error if one of two names covers the other.
    pub(crate) fn repeats(&self, other: &Self) -> Option<Error> {
        let (name, other) = (self.literal.value(), other.literal.value());
        let message = if name == other {
            format!("`{name}` is named twice; remove one of them")
        } else if covers(&other, &name) {
            format!("`{other}` covers `{name}`; remove one of them")
        } else if covers(&name, &other) {
            format!("`{name}` covers `{other}`; remove one of them")
        } else {
            return None;
        };
        Some(Error::new(self.literal.span(), message))
    }
}

fn covers(pattern: &str, name: &str) -> bool {
    EventPattern::parse(pattern).is_ok_and(|pattern| pattern.matches(name))
}

/// The parts of a text that look like a name or a pattern.
fn names_within(text: &str) -> Vec<&str> {
    text.split(|c: char| c.is_whitespace() || ",;|".contains(c))
        .filter(|part| part.contains(['.', '_', '*']))
        .collect()
}

/// The most likely name for a text without quotes, which may be a name or a payload type.
pub(crate) fn without_quotes(text: &str) -> &str {
    let payload = text.rsplit(':').next();
    let mut events = events().iter();
    if is_listed(text) {
        text
    } else if let Some(event) = events.find(|event| Some(event.payload()) == payload) {
        event.name()
    } else {
        nearest(text).unwrap_or(EXAMPLE)
    }
}

pub(crate) fn is_listed(text: &str) -> bool {
    EventPattern::parse(text).is_ok_and(|pattern| pattern.listed().next().is_some())
}

/// An attribute with these names, or with an example if the list is empty.
pub(crate) fn attribute(names: &[impl AsRef<str>]) -> String {
    let quoted = names.iter().map(|name| format!("{:?}", name.as_ref()));
    let mut quoted: Vec<_> = quoted.collect();
    if quoted.is_empty() {
        quoted.push(format!("{EXAMPLE:?}"));
    }
    format!("`#[on_event({})]`", quoted.join(", "))
}

pub(crate) fn missing() -> String {
    format!(
        "name the event: {}, or `\"*\"` for every event",
        attribute(&[EXAMPLE])
    )
}

/// A message that shows `unlisted` once for each name.
pub(crate) fn one_for_each(names: &[impl AsRef<str>]) -> String {
    let each = names
        .iter()
        .map(|name| format!("unlisted({:?})", name.as_ref()));
    let mut each: Vec<_> = each.collect();
    if each.is_empty() {
        each.push("unlisted(\"…\")".to_owned());
    }
    format!(
        "`unlisted` takes one name, as a string: `{}`",
        each.join(", ")
    )
}
