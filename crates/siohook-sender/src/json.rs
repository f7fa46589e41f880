//! JSON documents for edits. Outside of an edit, members keep their order and numbers their
//! spelling.

mod follow;
mod near;
mod pointer;

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;
use siohook_events::php_json;

pub use near::nearest;
pub(crate) use pointer::Pointer;

/// A document in the spelling of PHP's `json_encode`.
#[derive(Clone, Debug)]
pub(crate) enum Json {
    Object(Members),
    Array(Vec<Json>),
    /// A string, a number, `true`, `false` or `null`, as written.
    Scalar(Box<RawValue>),
}

type Members = Vec<(String, Json)>;

impl Json {
    /// Parses a document. `None` if it is not JSON, or nested too deeply.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(&php_json::normalize(text)?).ok()
    }

    /// Converts a value of any type.
    pub(crate) fn of(value: &(impl Serialize + ?Sized)) -> Result<Self, String> {
        let text = serde_json::to_vec(value).map_err(|error| error.to_string())?;
        Self::parse(&text).ok_or_else(|| "it is nested too deeply".to_owned())
    }

    /// Writes the document as PHP would.
    pub(crate) fn to_body(&self) -> Vec<u8> {
        let text = serde_json::to_vec(self).expect("names are texts and scalars are JSON");
        php_json::normalize(&text).unwrap_or(text)
    }

    /// The member of this name, or the element at this index.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => {
                let member = members.iter().find(|(own, _)| own == name);
                member.map(|(_, value)| value)
            }
            Self::Array(elements) => elements.get(name.parse::<usize>().ok()?),
            Self::Scalar(_) => None,
        }
    }

    pub(crate) fn child_mut(&mut self, name: &str) -> Option<&mut Self> {
        match self {
            Self::Object(members) => {
                let member = members.iter_mut().find(|(own, _)| own == name);
                member.map(|(_, value)| value)
            }
            Self::Array(elements) => elements.get_mut(name.parse::<usize>().ok()?),
            Self::Scalar(_) => None,
        }
    }

    /// The text of a string.
    pub(crate) fn as_text(&self) -> Option<String> {
        match self {
            Self::Scalar(scalar) => serde_json::from_str(scalar.get()).ok(),
            Self::Object(_) | Self::Array(_) => None,
        }
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Object(one), Self::Object(other)) => one == other,
            (Self::Array(one), Self::Array(other)) => one == other,
            (Self::Scalar(one), Self::Scalar(other)) => one.get() == other.get(),
            _ => false,
        }
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Object(members) => {
                serializer.collect_map(members.iter().map(|(name, value)| (name, value)))
            }
            Self::Array(elements) => serializer.collect_seq(elements),
            Self::Scalar(scalar) => scalar.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        let read = match raw.get().as_bytes().first() {
            Some(b'{') => serde_json::from_str(raw.get()).map(|InOrder(it)| Self::Object(it)),
            Some(b'[') => serde_json::from_str(raw.get()).map(Self::Array),
            _ => Ok(Self::Scalar(raw.to_owned())),
        };
        read.map_err(D::Error::custom)
    }
}

/// The members of an object in their order.
struct InOrder(Members);

impl<'de> Deserialize<'de> for InOrder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = InOrder;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = vec![];
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(InOrder(members))
            }
        }

        deserializer.deserialize_map(MembersVisitor)
    }
}
