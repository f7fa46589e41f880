use std::fmt;
use std::iter::Sum;

use serde::{Deserialize, Deserializer, Serialize};
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

use crate::lenient;

/// An amount of money in the minor unit of its currency: 583 is 5.83 EUR, and
/// 583 JPY.
///
/// How many decimals a currency has is not part of the payload.
///
/// ```
/// use siohook_events::MinorUnits;
///
/// let amount = MinorUnits::from(583);
/// assert_eq!(amount.get(), 583);
/// assert_eq!(amount.to_string(), "583");
/// assert_eq!([amount, amount].iter().sum::<MinorUnits>(), 1166);
/// ```
///
/// So `Display` writes the bare number, and there is no conversion to a decimal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[serde(transparent)]
pub struct MinorUnits(i64);

impl MinorUnits {
    /// The number of minor units.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl From<i64> for MinorUnits {
    fn from(minor_units: i64) -> Self {
        Self(minor_units)
    }
}

impl From<MinorUnits> for i64 {
    fn from(amount: MinorUnits) -> Self {
        amount.0
    }
}

/// The total. The amounts have to be of one currency, which is not checked.
///
/// # Panics
///
/// Where integers are checked for overflow, if the total is beyond `i64`.
impl Sum for MinorUnits {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        Self(amounts.map(Self::get).sum())
    }
}

impl<'a> Sum<&'a Self> for MinorUnits {
    fn sum<I: Iterator<Item = &'a Self>>(amounts: I) -> Self {
        amounts.copied().sum()
    }
}

impl PartialEq<i64> for MinorUnits {
    fn eq(&self, other: &i64) -> bool {
        self.0 == *other
    }
}

impl fmt::Display for MinorUnits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for MinorUnits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::integer(deserializer).map(Self)
    }
}
