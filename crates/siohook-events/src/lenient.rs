//! How values are read that the sender writes in more than one way.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Unexpected, Visitor};
use serde_json::{Number, Value};

use crate::Timestamp;

/// Reads null as the type's default. With `#[serde(default)]` beside it, null
/// and absent are alike.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Reads a time, and nothing where there is none that can be read: PHP writes
/// `-0001-11-30T00:00:00+00:00` for a date that was never set, and no event is
/// worth losing for that.
pub(crate) fn time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    let text: Option<Value> = Option::deserialize(deserializer)?;
    Ok(text.and_then(|text| text.as_str()?.parse().ok()))
}

/// Reads a number, also from a string (`"500"`).
pub(crate) fn number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Number>, D::Error> {
    let number: Option<AnyForm> = Option::deserialize(deserializer)?;
    Ok(number.map(|AnyForm(number)| number))
}

/// Reads a whole number, also from a string (`"7200"`) and from a float without
/// a fraction (`583.0`).
pub(crate) fn integer<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<i128>,
{
    let AnyForm(number) = AnyForm::deserialize(deserializer)?;
    let integer = number.as_i128().or_else(|| whole(number.as_f64()?));
    integer
        .and_then(|integer| T::try_from(integer).ok())
        .ok_or_else(|| {
            D::Error::invalid_value(Unexpected::Other("number"), &"a whole number in range")
        })
}

fn whole(number: f64) -> Option<i128> {
    /// Below this a float is the number that was written.
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

    /// So numbers come when any crate of the program has turned on the feature
    /// `arbitrary_precision` of `serde_json`.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Number, A::Error> {
        Number::deserialize(MapAccessDeserializer::new(map))
    }
}
