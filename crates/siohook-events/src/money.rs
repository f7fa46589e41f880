use std::fmt;
use std::iter::Sum;

use serde::{Deserialize, Deserializer, Serialize};
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

use crate::lenient;

/// An amount of money in the minor unit of its currency: 583 is 5.83 EUR, and
/// 583 JPY.
///
/// It holds no currency, so `Display` writes the bare number. [`decimal`](Self::decimal)
/// writes the amount in a currency.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::MinorUnits;
///
/// let amount = MinorUnits::from(583);
/// assert_eq!(amount.get(), 583);
/// assert_eq!(amount.to_string(), "583");
/// assert_eq!(amount.decimal("eur").to_string(), "5.83");
/// assert_eq!([amount, amount].iter().sum::<MinorUnits>(), 1166);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[serde(transparent)]
pub struct MinorUnits(i64);

impl MinorUnits {
    /// Returns the number of minor units.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Writes the amount in a currency, with a point and as many decimals as the currency
    /// has. The currency is an ISO 4217 code in either case. An unknown code has two
    /// decimals.
    ///
    /// Width, fill and sign of the format apply, as for a number.
    ///
    /// ```
    /// # use siohook_events as siohook;
    /// use siohook::MinorUnits;
    ///
    /// let amount = MinorUnits::from(-5);
    /// assert_eq!(amount.decimal("eur").to_string(), "-0.05");
    /// assert_eq!(amount.decimal("JPY").to_string(), "-5");
    /// assert_eq!(format!("{:>8}", amount.decimal("bhd")), "  -0.005");
    /// ```
    #[must_use]
    pub fn decimal(self, currency: &str) -> impl fmt::Display + use<> {
        Decimal {
            amount: self.0,
            places: places(currency),
        }
    }
}

/// Currencies of ISO 4217 that do not have two decimals, by their number of decimals. From
/// list one of 2026-09-17, with funds.
const NOT_TWO_PLACES: [(usize, &[&str]); 3] = [
    (
        0,
        &[
            "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
            "VND", "VUV", "XAF", "XOF", "XPF",
        ],
    ),
    (3, &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]),
    (4, &["CLF", "UYW"]),
];

fn places(currency: &str) -> usize {
    let is_listed = |codes: &[&str]| codes.iter().any(|code| code.eq_ignore_ascii_case(currency));
    NOT_TWO_PLACES
        .iter()
        .find_map(|(places, codes)| is_listed(codes).then_some(*places))
        .unwrap_or(2)
}

struct Decimal {
    amount: i64,
    places: usize,
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // At least one digit before the point.
        let mut digits = format!("{:0>1$}", self.amount.unsigned_abs(), self.places + 1);
        if self.places > 0 {
            digits.insert(digits.len() - self.places, '.');
        }
        f.pad_integral(self.amount >= 0, "", &digits)
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

/// Adds up amounts of one currency. That it is one is not checked.
///
/// # Panics
///
/// Panics if the total is beyond `i64` and the build checks integers for overflow.
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
        lenient::amount(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every code of the list that has another number of minor units than two, in its
    /// order: <https://www.six-group.com/dam/download/financial-information/data-center/iso-currrency/lists/list-one.xml>,
    /// published on 2026-09-17.
    const LIST_ONE: &str = "BHD 3, BIF 0, CLF 4, CLP 0, DJF 0, GNF 0, IQD 3, ISK 0, JOD 3, \
        JPY 0, KMF 0, KRW 0, KWD 3, LYD 3, OMR 3, PYG 0, RWF 0, TND 3, UGX 0, UYI 0, UYW 4, \
        VND 0, VUV 0, XAF 0, XOF 0, XPF 0";

    #[test]
    fn every_code_has_the_decimals_of_the_list() {
        let listed: Vec<(&str, &str)> = LIST_ONE
            .split(", ")
            .map(|entry| entry.split_once(' ').unwrap())
            .collect();
        let letters = || 'A'..='Z';
        let codes = letters().flat_map(|a| letters().map(move |b| (a, b)));
        let codes = codes.flat_map(|(a, b)| letters().map(move |c| String::from_iter([a, b, c])));
        let mut exceptions = vec![];
        for code in codes {
            let written = MinorUnits::from(1).decimal(&code).to_string();
            let lower_case = code.to_ascii_lowercase();
            let in_lower_case = MinorUnits::from(1).decimal(&lower_case).to_string();
            assert_eq!(written, in_lower_case);
            if written != "0.01" {
                exceptions.push((code, written));
            }
        }
        let expected = listed.iter().map(|(code, places)| {
            let written = match *places {
                "0" => "1",
                "3" => "0.001",
                _ => "0.0001",
            };
            ((*code).to_owned(), written.to_owned())
        });
        assert_eq!(exceptions, expected.collect::<Vec<_>>());
    }

    #[test]
    fn amounts_are_written_with_the_decimals_of_their_currency() {
        for (amount, currency, written) in [
            (0, "eur", "0.00"),
            (5, "eur", "0.05"),
            (-5, "eur", "-0.05"),
            (583, "EUR", "5.83"),
            (-58_300, "Eur", "-583.00"),
            (583, "jpy", "583"),
            (-5, "KRW", "-5"),
            (0, "xof", "0"),
            (1, "bhd", "0.001"),
            (-12_345, "tnd", "-12.345"),
            (-1, "clf", "-0.0001"),
            (583, "", "5.83"),
            (583, "no such", "5.83"),
            (i64::MAX, "usd", "92233720368547758.07"),
            (i64::MIN, "usd", "-92233720368547758.08"),
        ] {
            let decimal = MinorUnits::from(amount).decimal(currency);
            assert_eq!(decimal.to_string(), written, "{amount} {currency}");
        }
    }

    #[test]
    fn a_decimal_is_padded_as_a_number() {
        let decimal = MinorUnits::from(-583).decimal("eur");
        assert_eq!(
            format!("{decimal:8}|{decimal:<8}|{decimal:08}"),
            "   -5.83|-5.83   |-0005.83"
        );
        assert_eq!(
            format!("{:+}", MinorUnits::from(583).decimal("eur")),
            "+5.83"
        );
    }
}
