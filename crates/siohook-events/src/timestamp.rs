mod conversions;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::{self, DateTime};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use conversions::TimestampRangeError;

/// A moment as systeme.io writes it: `2021-10-05T08:10:29+00:00`.
///
/// It is parsed from RFC 3339 with any offset and up to nine digits of a second, from 1970
/// to 9999. `Display` and `Debug` write it in UTC, with a fraction only if there is one.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::Timestamp;
///
/// let moment: Timestamp = "2021-10-05T10:10:29+02:00".parse()?;
/// assert_eq!(moment.to_string(), "2021-10-05T08:10:29+00:00");
/// assert_eq!(moment.unix_seconds(), 1_633_421_429);
/// # Ok::<(), siohook::ParseTimestampError>(())
/// ```
///
/// # Conversions
///
/// | type | feature | from a `Timestamp` | to a `Timestamp` |
/// |---|---|---|---|
/// | [`std::time::SystemTime`] | | `From` | `TryFrom` |
/// | `jiff::Timestamp` | `jiff` | `From` | `TryFrom` |
/// | `chrono::DateTime<chrono::Utc>` | `chrono` | `From` | `TryFrom` |
/// | `time::OffsetDateTime` | `time` | `From` | `TryFrom` |
///
/// `TryFrom` fails with a [`TimestampRangeError`] before 1970 and after 9999.
///
/// ```
/// # use siohook_events as siohook;
/// use std::time::{Duration, SystemTime};
///
/// use siohook::Timestamp;
///
/// let moment: Timestamp = "2021-10-05T08:10:29+00:00".parse()?;
/// let system_time = SystemTime::from(moment);
/// let later = Timestamp::try_from(system_time + Duration::from_secs(60))?;
/// assert_eq!(later.to_string(), "2021-10-05T08:11:29+00:00");
/// # #[cfg(feature = "jiff")] {
///
/// // With the feature `jiff`; `chrono` and `time` are the same.
/// let in_jiff = jiff::Timestamp::from(moment);
/// assert_eq!(in_jiff.to_string(), "2021-10-05T08:10:29Z");
/// assert_eq!(Timestamp::try_from(in_jiff)?, moment);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(Duration);

/// 9999-12-31T23:59:59 UTC. A `jiff::Timestamp` ends 26 hours earlier, a [`DateTime`] with it.
const LAST_SECOND: u64 = 253_402_300_799;
const EPOCH: DateTime = civil::date(1970, 1, 1).at(0, 0, 0, 0);

impl Timestamp {
    /// Returns whole seconds since 1970-01-01T00:00:00 UTC.
    #[must_use]
    #[expect(
        clippy::cast_possible_wrap,
        reason = "the year 9999 is within 2^38 seconds"
    )]
    pub const fn unix_seconds(self) -> i64 {
        self.0.as_secs() as i64
    }

    /// Returns the nanoseconds within the second.
    ///
    /// ```
    /// # use siohook_events as siohook;
    /// let moment: siohook::Timestamp = "2021-10-05T08:10:29.5Z".parse()?;
    /// assert_eq!(moment.subsec_nanos(), 500_000_000);
    /// # Ok::<(), siohook::ParseTimestampError>(())
    /// ```
    #[must_use]
    pub const fn subsec_nanos(self) -> u32 {
        self.0.subsec_nanos()
    }

    /// Adds a duration. Returns `None` after the year 9999.
    ///
    /// ```
    /// # use siohook_events as siohook;
    /// use std::time::Duration;
    ///
    /// use siohook::Timestamp;
    ///
    /// let moment: Timestamp = "2021-10-05T08:10:29+00:00".parse()?;
    /// let later = moment.checked_add(Duration::from_secs(60)).unwrap();
    /// assert_eq!(later.to_string(), "2021-10-05T08:11:29+00:00");
    /// # Ok::<(), siohook::ParseTimestampError>(())
    /// ```
    #[must_use]
    pub fn checked_add(self, duration: Duration) -> Option<Self> {
        Self::after_epoch(self.0.checked_add(duration)?)
    }

    fn after_epoch(duration: Duration) -> Option<Self> {
        (duration.as_secs() <= LAST_SECOND).then_some(Self(duration))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+00:00", EPOCH + self.0)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text.as_bytes()).ok_or(ParseTimestampError(()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "format": "date-time",
            "examples": ["2021-10-05T08:10:29+00:00"],
        })
    }
}

/// The error of a text that is not a moment from 1970 to 9999 in RFC 3339.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::Timestamp;
///
/// // PHP's date that was never set.
/// assert!("-0001-11-30T00:00:00+00:00".parse::<Timestamp>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseTimestampError(());

impl fmt::Display for ParseTimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a time such as 2021-10-05T08:10:29+00:00, from 1970 to 9999")
    }
}

impl std::error::Error for ParseTimestampError {}

/// Parses the form by hand, because jiff also accepts others of ISO 8601. The calendar is jiff's.
fn parse(text: &[u8]) -> Option<Timestamp> {
    let (date, rest) = text.split_at_checked(10)?;
    let (time, rest) = rest.split_at_checked(9)?;
    if [date[4], date[7], time[3], time[6]] != *b"--::" || !matches!(time[0], b'T' | b't' | b' ') {
        return None;
    }
    let (nanos, offset) = fraction(rest)?;
    let local = DateTime::new(
        number(&date[..4])?,
        number(&date[5..7])?,
        number(&date[8..])?,
        number(&time[1..3])?,
        number(&time[4..6])?,
        number(&time[7..])?,
        nanos,
    );
    let after_epoch = local.ok()?.duration_since(EPOCH) - offset_duration(offset)?;
    Timestamp::after_epoch(after_epoch.try_into().ok()?)
}

/// Returns the nanoseconds and the rest of the text.
fn fraction(text: &[u8]) -> Option<(i32, &[u8])> {
    let Some(text) = text.strip_prefix(b".") else {
        return Some((0, text));
    };
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(length);
    let scale = 10_i32.pow(9_u32.checked_sub(u32::try_from(length).ok()?)?);
    Some((number::<i32>(digits)? * scale, rest))
}

fn offset_duration(text: &[u8]) -> Option<SignedDuration> {
    let (sign, text) = match text {
        b"Z" | b"z" => return Some(SignedDuration::ZERO),
        [b'+', text @ ..] => (1, text),
        [b'-', text @ ..] => (-1, text),
        _ => return None,
    };
    if text.len() != 5 || text[2] != b':' {
        return None;
    }
    let (hours, minutes): (i64, i64) = (number(&text[..2])?, number(&text[3..])?);
    let minutes = (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)?;
    Some(SignedDuration::from_mins(sign * minutes))
}

/// Parses a number of up to nine digits.
fn number<T: TryFrom<i32>>(digits: &[u8]) -> Option<T> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = digits
        .iter()
        .fold(0, |number, digit| number * 10 + i32::from(digit - b'0'));
    T::try_from(number).ok()
}
