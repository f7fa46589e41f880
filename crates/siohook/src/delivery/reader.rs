//! A deserializer for JSON that behaves like `serde_json`, with errors that hold no value.
//!
//! It reads a body only after `serde_json` failed, so it may be slow: it parses each
//! container again. It can leave values out, by their offset in the body.

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

/// The nesting limit of `serde_json`.
const DEPTH: u8 = 128;

const MALFORMED: &str = "malformed JSON";

/// A value or a key in a body.
#[derive(Clone, Copy)]
pub(crate) struct Node<'de> {
    json: &'de str,
    /// The offset in the body.
    offset: usize,
    depth: u8,
    /// Whether it is a key, in which numbers and booleans have quotes.
    is_key: bool,
    /// The offsets of the values to leave out.
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
    /// Reads `json`, which is at `offset` in the body, without the members and elements at
    /// the offsets `left_out`.
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

    /// Parses with `serde_json` and drops its error, which may hold a value.
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

    /// Removes the quotes of a key that is a number or a boolean.
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
            // Only with `arbitrary_precision`, which another crate may have enabled.
            self.read_by_serde_json(|json| json.deserialize_any(visitor))
        }
    }

    fn read_list<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let mut elements = Elements::of(self.enter()?)?;
        let value = visitor.visit_seq(&mut elements)?;
        elements.end()?;
        Ok(value)
    }

    /// Reads a list whose elements are told apart by position, such as a tuple. It refuses
    /// if anything is left out, because that would shift the positions.
    fn read_positions<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        if self.left_out.is_empty() {
            self.read_kind(Kind::List, visitor)
        } else {
            Err(self.unexpected(&visitor))
        }
    }

    /// Reads a map. `names` are the fields of the type.
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

    /// Reads a value of this kind, and refuses any other.
    fn read_kind<V: Visitor<'de>>(self, kind: Kind, visitor: V) -> Result<V::Value, ReadError> {
        if self.kind() == kind {
            self.deserialize_any(visitor)
        } else {
            Err(self.unexpected(&visitor))
        }
    }

    /// Reads a value with `serde_json` and drops its error.
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

/// A visitor that accepts no value, so that serde reports the kind of the value.
struct Nothing<'a>(&'a dyn Expected);

impl Visitor<'_> for Nothing<'_> {
    type Value = Infallible;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
