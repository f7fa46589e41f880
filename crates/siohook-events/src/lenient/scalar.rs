//! Amounts, booleans and texts.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Unexpected, Visitor};

use super::{NumberOrString, Whole};

/// Reads an amount of money: a whole number, also from a string of digits. A string with
/// decimals (`"17.00"`) is an error, because it may be in the major unit.
pub(crate) fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    deserializer.deserialize_any(Amount)
}

/// Reads a boolean, also from 1 and 0. Null is `false`.
pub(crate) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let flag: Option<Flag> = Option::deserialize(deserializer)?;
    Ok(flag.is_some_and(|Flag(flag)| flag))
}

/// Reads a string, also from a whole number.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text: Option<Text> = Option::deserialize(deserializer)?;
    Ok(text.map(|Text(text)| text))
}

struct Amount;

impl<'de> Visitor<'de> for Amount {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number of minor units")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<i64, E> {
        Whole(PhantomData).visit_u64(number)
    }

    fn visit_i64<E>(self, number: i64) -> Result<i64, E> {
        Ok(number)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<i64, E> {
        Whole(PhantomData).visit_f64(number)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<i64, E> {
        if text.contains(['.', 'e', 'E']) {
            return Err(E::invalid_value(Unexpected::Str(text), &self));
        }
        Whole(PhantomData).visit_str(text)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<i64, A::Error> {
        Whole(PhantomData).visit_map(map)
    }
}

struct Flag(bool);

impl Flag {
    fn of<E: Error>(number: u64) -> Result<Self, E> {
        match number {
            0 => Ok(Self(false)),
            1 => Ok(Self(true)),
            _ => Err(E::invalid_value(Unexpected::Unsigned(number), &FlagVisitor)),
        }
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FlagVisitor)
    }
}

struct FlagVisitor;

impl<'de> Visitor<'de> for FlagVisitor {
    type Value = Flag;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a boolean, 0 or 1")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Flag, E> {
        Ok(Flag(flag))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Flag, E> {
        Flag::of(number)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Flag, E> {
        Whole(PhantomData).visit_f64(number).and_then(Flag::of)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Flag, E> {
        Whole(PhantomData).visit_str(text).and_then(Flag::of)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Flag, A::Error> {
        Whole(PhantomData).visit_map(map).and_then(Flag::of)
    }
}

struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor).map(Self)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or a whole number")
    }

    fn visit_str<E>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_string<E>(self, text: String) -> Result<String, E> {
        Ok(text)
    }

    fn visit_u64<E>(self, number: u64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_i64<E>(self, number: i64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<String, A::Error> {
        let number = NumberOrString.visit_map(map)?;
        if number.is_u64() || number.is_i64() {
            Ok(number.to_string())
        } else {
            Err(A::Error::invalid_type(Unexpected::Other("number"), &self))
        }
    }
}
