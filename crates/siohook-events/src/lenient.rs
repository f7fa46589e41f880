//! Readers of values that the sender writes in more than one way.

mod object;
mod scalar;

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::{Number, Value};

pub(crate) use self::object::{any_object, object};
pub(crate) use self::scalar::{amount, flag, text};
use crate::Timestamp;

/// Reads null as the type's default. With `#[serde(default)]`, null equals absent.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Reads a time, or `None` if it can't be read. PHP writes `-0001-11-30T00:00:00+00:00` for
/// a date that was never set, and that must not lose the event.
pub(crate) fn time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    deserializer.deserialize_option(TimeOrNone)
}

/// Reads a number, also from a string (`"500"`).
pub(crate) fn number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Number>, D::Error> {
    let number: Option<AnyForm> = Option::deserialize(deserializer)?;
    Ok(number.map(|AnyForm(number)| number))
}

/// Reads a whole number, also from a string (`"7200"`) and from a float without a fraction
/// (`583.0`).
pub(crate) fn integer<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<i128>,
{
    deserializer.deserialize_any(Whole(PhantomData))
}

struct TimeOrNone;

macro_rules! none {
    ($($visit:ident($($no_time:ty)?))*) => {$(
        fn $visit<E>(self $(, _: $no_time)?) -> Result<Self::Value, E> {
            Ok(None)
        }
    )*};
}

impl<'de> Visitor<'de> for TimeOrNone {
    type Value = Option<Timestamp>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time")
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(text.parse().ok())
    }

    none! {
        visit_none() visit_unit() visit_bool(bool)
        visit_u64(u64) visit_i64(i64) visit_u128(u128) visit_i128(i128) visit_f64(f64)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(list)).map(|_| None)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(map)).map(|_| None)
    }
}

struct Whole<T>(PhantomData<T>);

impl<T: TryFrom<i128>> Whole<T> {
    fn in_range<E: Error>(number: Option<i128>) -> Result<T, E> {
        number
            .and_then(|number| T::try_from(number).ok())
            .ok_or_else(|| {
                E::invalid_value(Unexpected::Other("number"), &"a whole number in range")
            })
    }

    fn number<E: Error>(number: Number) -> Result<T, E> {
        Self::in_range(number.as_i128().or_else(|| whole(number.as_f64()?)))
    }
}

impl<'de, T: TryFrom<i128>> Visitor<'de> for Whole<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        NumberOrString.expecting(f)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        Self::in_range(Some(number.into()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        Self::in_range(Some(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        Self::in_range(whole(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        NumberOrString.visit_str(text).and_then(Self::number)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        NumberOrString.visit_map(map).and_then(Self::number)
    }
}

fn whole(number: f64) -> Option<i128> {
    /// Floats below this are exact.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
    (number.fract() == 0.0 && number.abs() < EXACT).then_some(number as i128)
}

struct AnyForm(Number);

impl<'de> Deserialize<'de> for AnyForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberOrString).map(Self)
    }
}

struct NumberOrString;

impl<'de> Visitor<'de> for NumberOrString {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_u64<E>(self, number: u64) -> Result<Number, E> {
        Ok(number.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Number, E> {
        Ok(number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Number, E> {
        Number::from_f64(number).ok_or_else(|| E::invalid_value(Unexpected::Float(number), &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Number, E> {
        text.parse()
            .map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }

    /// Numbers come as maps with the feature `arbitrary_precision` of `serde_json`, which any
    /// crate of the program may turn on.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Number, A::Error> {
        Number::deserialize(MapAccessDeserializer::new(map))
    }
}

#[cfg(test)]
mod tests {
    use serde::de::IntoDeserializer;
    use serde::de::value::Error;

    use super::*;

    fn time_of(wire: impl IntoDeserializer<'static, Error>) -> Result<Option<Timestamp>, Error> {
        time(wire.into_deserializer())
    }

    /// A `Value` has such numbers with the feature `arbitrary_precision`.
    #[test]
    fn a_number_beyond_64_bits_is_no_time() {
        assert_eq!(time_of(i128::MIN), Ok(None));
        assert_eq!(time_of(u128::MAX), Ok(None));
    }
}
