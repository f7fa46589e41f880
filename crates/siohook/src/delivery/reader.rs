//! Reads types from JSON as `serde_json` does, with errors that hold no value.
//!
//! It is slow: each container is split anew, because only a body that could not be read
//! is read in this way. Values may be left out of what is read, by where they are.

mod access;
mod deserializer;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Expected, Visitor};
use serde_json::Number;
use serde_json::de::StrRead;
use serde_json::value::RawValue;

use self::access::{Elements, Members};
use super::read_error::{ReadError, Reason};

/// As many containers in each other as `serde_json` reads.
const DEPTH: u8 = 128;

const MALFORMED: &str = "malformed JSON";

/// A value in a body, or the key of one.
#[derive(Clone, Copy)]
pub(crate) struct Node<'de> {
    json: &'de str,
    /// Where it is in the body.
    offset: usize,
    depth: u8,
    /// Numbers and booleans are in quotes then.
    is_key: bool,
    /// Where values are that are left out.
    left_out: &'de [usize],
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Null,
    Boolean,
    Number,
    String,
    List,
    Map,
}

impl<'de> Node<'de> {
    /// Reads `json`, which is at `offset` of the body, but for the members and elements
    /// that are at `left_out`.
    pub(crate) fn read<T>(
        json: &'de str,
        offset: usize,
        left_out: &'de [usize],
        read: impl FnOnce(Self) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        let whole = Self {
            json,
            offset,
            depth: DEPTH,
            is_key: false,
            left_out,
        };
        let node = match whole.parse(MALFORMED) {
            Ok(raw) => whole.part(raw),
            Err(error) => return Err(error.at(offset)),
        };
        read(node).map_err(|error| error.at(node.offset))
    }

    fn is_left_out(self) -> bool {
        self.left_out.contains(&self.offset)
    }

    fn kind(self) -> Kind {
        match self.json.bytes().next() {
            Some(b'n') => Kind::Null,
            Some(b't' | b'f') => Kind::Boolean,
            Some(b'"') => Kind::String,
            Some(b'[') => Kind::List,
            Some(b'{') => Kind::Map,
            _ => Kind::Number,
        }
    }

    /// Parses it with `serde_json`, and drops the error, which may hold a value.
    fn parse<T: Deserialize<'de>>(self, failure: &'static str) -> Result<T, ReadError> {
        serde_json::from_str(self.json).map_err(|_| ReadError::new(Reason::Unreadable(failure)))
    }

    fn part(self, raw: &'de RawValue) -> Self {
        let start = raw.get().as_ptr().addr() - self.json.as_ptr().addr();
        Self {
            json: raw.get(),
            offset: self.offset + start,
            ..self
        }
    }

    /// Enters a container.
    fn enter(self) -> Result<Self, ReadError> {
        match self.depth - 1 {
            0 => Err(ReadError::new(Reason::Unreadable("nested too deeply"))),
            depth => Ok(Self { depth, ..self }),
        }
    }

    fn text(self) -> Result<Cow<'de, str>, ReadError> {
        #[derive(Deserialize)]
        struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
        self.parse("malformed string").map(|Text(text)| text)
    }

    /// A number or a boolean that is a key, without its quotes.
    fn unquoted(self, kind: Kind) -> Self {
        let json = self.json.trim_matches('"');
        let inner = Self { json, ..self };
        let is_scalar = matches!(kind, Kind::Boolean | Kind::Number) && inner.kind() == kind;
        let is_whole = |raw: &RawValue| raw.get() == json;
        if self.is_key && is_scalar && serde_json::from_str(json).is_ok_and(is_whole) {
            inner
        } else {
            self
        }
    }

    fn read_number<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let number: Number = self.parse("number out of range")?;
        if let Some(number) = number.as_u64() {
            visitor.visit_u64(number)
        } else if let Some(number) = number.as_i64() {
            visitor.visit_i64(number)
        } else if let Some(number) = number.as_f64() {
            visitor.visit_f64(number)
        } else {
            // Another crate turned on `arbitrary_precision`, so this is a number.
            self.read_by_serde_json(|json| json.deserialize_any(visitor))
        }
    }

    fn read_list<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let mut elements = Elements::of(self.enter()?)?;
        let value = visitor.visit_seq(&mut elements)?;
        elements.end()?;
        Ok(value)
    }

    /// Reads a list whose elements mean something by where they are. What is left out would
    /// give the rest another meaning.
    fn read_positions<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        if self.left_out.is_empty() {
            self.read_kind(Kind::List, visitor)
        } else {
            Err(self.unexpected(&visitor))
        }
    }

    /// `names` are those of the members that the type has.
    fn read_map<V: Visitor<'de>>(
        self,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let mut members = Members::of(self.enter()?, names)?;
        let value = visitor.visit_map(&mut members)?;
        members.end()?;
        Ok(value)
    }

    /// Reads a value of one kind only.
    fn read_kind<V: Visitor<'de>>(self, kind: Kind, visitor: V) -> Result<V::Value, ReadError> {
        if self.kind() == kind {
            self.deserialize_any(visitor)
        } else {
            Err(self.unexpected(&visitor))
        }
    }

    /// Reads what only `serde_json` can read, and drops its reason.
    fn read_by_serde_json<T>(
        self,
        read: impl FnOnce(&mut serde_json::Deserializer<StrRead<'de>>) -> serde_json::Result<T>,
    ) -> Result<T, ReadError> {
        read(&mut serde_json::Deserializer::from_str(self.json)).map_err(ReadError::custom)
    }

    /// The error of a type that does not take this kind of value.
    fn unexpected(self, expected: &dyn Expected) -> ReadError {
        match self.deserialize_any(Nothing(expected)) {
            Ok(value) => match value {},
            Err(error) => error,
        }
    }
}

/// Accepts no value, so that serde tells its kind.
struct Nothing<'a>(&'a dyn Expected);

impl Visitor<'_> for Nothing<'_> {
    type Value = Infallible;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
