//! JSON documents that can be changed in one place and stay what they were in
//! all others: members keep their order, numbers their spelling.

use std::fmt;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use siohook_events::php_json;

/// A document in the spelling of PHP's `json_encode`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Object(Vec<(String, Json)>),
    Array(Vec<Json>),
    /// A text, a number, `true`, `false` or `null`, as it is written.
    Scalar(Box<str>),
}

impl Json {
    /// Reads what is JSON, and not nested too deeply.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let text = String::from_utf8(php_json::normalize(text)?).ok()?;
        Self::read(&text).ok()
    }

    /// Writes a value of any type and reads it.
    pub(super) fn of(value: &(impl Serialize + ?Sized)) -> Result<Self, String> {
        let text = serde_json::to_string(value).map_err(|error| error.to_string())?;
        Self::parse(text.as_bytes()).ok_or_else(|| "it is nested too deeply".to_owned())
    }

    fn read(text: &str) -> serde_json::Result<Self> {
        match text.as_bytes().first() {
            Some(b'{') => {
                let Members(members) = serde_json::from_str(text)?;
                let members = members.into_iter();
                let read = |(name, value): (_, &RawValue)| Ok((name, Self::read(value.get())?));
                members
                    .map(read)
                    .collect::<Result<_, _>>()
                    .map(Self::Object)
            }
            Some(b'[') => {
                let elements: Vec<&RawValue> = serde_json::from_str(text)?;
                let elements = elements.into_iter();
                let read = |element: &RawValue| Self::read(element.get());
                elements
                    .map(read)
                    .collect::<Result<_, _>>()
                    .map(Self::Array)
            }
            _ => Ok(Self::Scalar(text.into())),
        }
    }

    /// Writes the document as PHP would.
    pub(super) fn to_body(&self) -> Vec<u8> {
        let mut text = String::new();
        self.write(&mut text);
        php_json::normalize(text.as_bytes()).unwrap_or_else(|| text.into())
    }

    fn write(&self, text: &mut String) {
        let separate = |text: &mut String, at| text.push_str(if at > 0 { "," } else { "" });
        match self {
            Self::Object(members) => {
                text.push('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    separate(text, at);
                    text.push_str(&Value::from(name.as_str()).to_string());
                    text.push(':');
                    value.write(text);
                }
                text.push('}');
            }
            Self::Array(elements) => {
                text.push('[');
                for (at, element) in elements.iter().enumerate() {
                    separate(text, at);
                    element.write(text);
                }
                text.push(']');
            }
            Self::Scalar(scalar) => text.push_str(scalar),
        }
    }

    pub(super) fn member(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members
                .iter()
                .find(|(own, _)| own == name)
                .map(|(_, it)| it),
            Self::Array(_) | Self::Scalar(_) => None,
        }
    }

    pub(super) fn member_mut(&mut self, name: &str) -> Option<&mut Self> {
        match self {
            Self::Object(members) => members
                .iter_mut()
                .find(|(own, _)| own == name)
                .map(|(_, it)| it),
            Self::Array(_) | Self::Scalar(_) => None,
        }
    }

    /// The text, if it is one.
    pub(super) fn as_text(&self) -> Option<String> {
        match self {
            Self::Scalar(text) => serde_json::from_str(text).ok(),
            Self::Object(_) | Self::Array(_) => None,
        }
    }

    /// Does to this document what was done to another one, `before`, to make it
    /// `after`. Whatever the two have in common stays as it is here, members that
    /// neither has included.
    pub(super) fn follow(&mut self, mut before: Self, after: Self) {
        if before == after {
            return;
        }
        match (self, &mut before, after) {
            (Self::Object(own), Self::Object(before), Self::Object(after)) => {
                follow_members(own, before, after);
            }
            (Self::Array(own), Self::Array(before), Self::Array(after))
                if own.len() == before.len() =>
            {
                follow_elements(own, std::mem::take(before), after);
            }
            (own, _, after) => *own = after,
        }
    }
}

type NamedValues = Vec<(String, Json)>;

fn follow_members(own: &mut NamedValues, before: &mut NamedValues, after: NamedValues) {
    let has = |members: &NamedValues, name: &str| members.iter().any(|(own, _)| own == name);
    own.retain(|(name, _)| has(&after, name) || !has(before, name));
    for (name, new) in after {
        let old = before.iter().position(|(own, _)| *own == name);
        let old = old.map(|at| before.swap_remove(at).1);
        let here = own.iter_mut().find(|(own, _)| *own == name);
        match (here, old) {
            (Some((_, here)), Some(old)) => here.follow(old, new),
            (Some((_, here)), None) => *here = new,
            // A member that came into being when it was read: null for absent.
            (None, Some(old)) if old == new => {}
            (None, _) => own.push((name, new)),
        }
    }
}

fn follow_elements(own: &mut Vec<Json>, before: Vec<Json>, after: Vec<Json>) {
    if before.len() == after.len() {
        let both = before.into_iter().zip(after);
        own.iter_mut()
            .zip(both)
            .for_each(|(own, (before, after))| own.follow(before, after));
        return;
    }
    let mut known: Vec<(Json, Json)> = before.into_iter().zip(own.drain(..)).collect();
    own.extend(after.into_iter().map(|new| {
        let same = known.iter().position(|(before, _)| *before == new);
        same.map_or(new, |at| known.remove(at).1)
    }));
}

/// The members of an object in their order.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = vec![];
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}
