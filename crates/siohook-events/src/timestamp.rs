use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment, as systeme.io writes it: `2021-10-05T08:10:29+00:00`.
///
/// Read from RFC 3339 with any offset and up to nine digits of a second, from
/// 1970 to 9999; written in UTC, in whole seconds where it is one. Opaque:
/// convert it to [`SystemTime`], or with the features `jiff`, `chrono` and
/// `time` to the types of those libraries.
///
/// ```
/// use siohook_events::Timestamp;
///
/// let moment: Timestamp = "2021-10-05T10:10:29+02:00".parse()?;
/// assert_eq!(moment.to_string(), "2021-10-05T08:10:29+00:00");
/// assert_eq!(moment.unix_seconds(), 1_633_421_429);
/// # Ok::<(), siohook_events::ParseTimestampError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(Duration);

impl Timestamp {
    /// Whole seconds since 1970-01-01T00:00:00 UTC.
    #[must_use]
    #[expect(
        clippy::cast_possible_wrap,
        reason = "the year 9999 is within 2^38 seconds"
    )]
    pub const fn unix_seconds(self) -> i64 {
        self.0.as_secs() as i64
    }

    /// Nanoseconds within the second.
    #[must_use]
    pub const fn subsec_nanos(self) -> u32 {
        self.0.subsec_nanos()
    }

    /// The moment that much later, unless that is after the year 9999.
    #[must_use]
    pub fn checked_add(self, duration: Duration) -> Option<Self> {
        let sum = self.0.checked_add(duration)?;
        (sum.as_secs() <= LAST_SECOND.unsigned_abs()).then_some(Self(sum))
    }
}

impl From<Timestamp> for SystemTime {
    fn from(timestamp: Timestamp) -> Self {
        Self::UNIX_EPOCH + timestamp.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let (year, month, day) = civil(seconds / DAY);
        let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        if self.subsec_nanos() > 0 {
            let digits = format!("{:09}", self.subsec_nanos());
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        f.write_str("+00:00")
    }
}

impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text.as_bytes())
            .map(Self)
            .ok_or(ParseTimestampError(()))
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

/// A text is not a moment between 1970 and 9999 in RFC 3339.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseTimestampError(());

impl fmt::Display for ParseTimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a time such as 2021-10-05T08:10:29+00:00, from 1970 to 9999")
    }
}

impl std::error::Error for ParseTimestampError {}

const DAY: u64 = 86_400;
/// 9999-12-31T23:59:59 UTC.
const LAST_SECOND: i64 = 253_402_300_799;

fn parse(text: &[u8]) -> Option<Duration> {
    let (date, rest) = text.split_at_checked(10)?;
    let (time, rest) = rest.split_at_checked(9)?;
    if [date[4], date[7], time[3], time[6]] != *b"--::" || !matches!(time[0], b'T' | b't' | b' ') {
        return None;
    }
    let (year, month, day) = (
        number(&date[..4])?,
        number(&date[5..7])?,
        number(&date[8..])?,
    );
    let (hour, minute, second) = (
        number(&time[1..3])?,
        number(&time[4..6])?,
        number(&time[7..])?,
    );
    let last_day = days_of_month(year, month)?;
    if !(1..=last_day).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (nanos, offset) = fraction(rest)?;
    let local = (days(year, month, day) * 24 + hour) * 3600 + minute * 60 + second;
    let seconds = local - offset_seconds(offset)?;
    if !(0..=LAST_SECOND).contains(&seconds) {
        return None;
    }
    Some(Duration::new(u64::try_from(seconds).ok()?, nanos))
}

fn number(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(
        digits
            .iter()
            .fold(0, |number, digit| number * 10 + i64::from(digit - b'0')),
    )
}

/// Nanoseconds, and what follows them.
fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let Some(text) = text.strip_prefix(b".") else {
        return Some((0, text));
    };
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits > 9 {
        return None;
    }
    let scale = 10_i64.pow(9 - u32::try_from(digits).ok()?);
    let nanos = u32::try_from(number(&text[..digits])? * scale).ok()?;
    Some((nanos, &text[digits..]))
}

fn offset_seconds(text: &[u8]) -> Option<i64> {
    let (sign, text) = match text {
        b"Z" | b"z" => return Some(0),
        [b'+', text @ ..] => (1, text),
        [b'-', text @ ..] => (-1, text),
        _ => return None,
    };
    if text.len() != 5 || text[2] != b':' {
        return None;
    }
    let (hours, minutes) = (number(&text[..2])?, number(&text[3..])?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of_month(year: i64, month: i64) -> Option<i64> {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 => Some(if is_leap(year) { 29 } else { 28 }),
        _ => None,
    }
}

/// Days since 1970-01-01 in the Gregorian calendar. Years begin in March here,
/// so that the leap day is the last of its year.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month < 3);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year
        - 719_468
}

/// The inverse of [`days`], for days since 1970.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = (shifted + 2) % 12 + 1;
    (
        era * 400 + year + u64::from(month < 3),
        month,
        day_of_year - (153 * shifted + 2) / 5 + 1,
    )
}

#[cfg(feature = "jiff")]
impl From<Timestamp> for jiff::Timestamp {
    /// Saturates in the last 26 hours of 9999, which jiff doesn't have.
    fn from(timestamp: Timestamp) -> Self {
        let nanos = timestamp.subsec_nanos().cast_signed();
        Self::new(timestamp.unix_seconds(), nanos).unwrap_or(Self::MAX)
    }
}

#[cfg(feature = "chrono")]
impl From<Timestamp> for chrono::DateTime<chrono::Utc> {
    fn from(timestamp: Timestamp) -> Self {
        Self::UNIX_EPOCH + timestamp.0
    }
}

#[cfg(feature = "time")]
impl From<Timestamp> for time::OffsetDateTime {
    fn from(timestamp: Timestamp) -> Self {
        Self::UNIX_EPOCH + timestamp.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<i64> {
        text.parse().ok().map(Timestamp::unix_seconds)
    }

    #[test]
    fn what_systeme_io_writes_is_read() {
        assert_eq!(seconds("2021-10-05T08:10:29+00:00"), Some(1_633_421_429));
        assert_eq!(seconds("2026-09-27T20:16:27+00:00"), Some(1_790_540_187));
    }

    #[test]
    fn other_forms_of_rfc_3339_are_read() {
        assert_eq!(seconds("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(seconds("2021-10-05T08:10:29.5-00:30"), Some(1_633_423_229));
        assert_eq!(seconds("2024-02-29t23:59:59z"), Some(1_709_251_199));
        assert_eq!(seconds("9999-12-31T23:59:59Z"), Some(LAST_SECOND));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "2021-10-05",
            "2021-10-05T08:10:29",
            "2021-02-29T00:00:00Z",
            "2021-13-01T00:00:00Z",
            "2021-10-05T24:00:00Z",
            "2021-10-05T08:10:29.Z",
            "2021-10-05T08:10:29.1234567890Z",
            "2021-10-05T08:10:29+0000",
            "1969-12-31T23:59:59Z",
            "9999-12-31T23:59:59-01:00",
            "-0001-11-30T00:00:00+00:00",
            "2021-10-05T08:10:29+00:00 ",
            "２021-10-05T08:10:29Z",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_of_four_centuries_is_written_as_it_was_read() {
        for day in (0..146_097 * 2).chain(2_932_000..2_932_896) {
            let moment = Timestamp(Duration::from_secs(day * DAY + 12_345));
            assert_eq!(moment.to_string().parse(), Ok(moment));
        }
    }

    #[test]
    fn a_moment_later_is_none_after_the_last_one() {
        let moment: Timestamp = "2021-12-31T23:59:59.5Z".parse().unwrap();
        let later = moment.checked_add(Duration::from_millis(700)).unwrap();
        assert_eq!(later.to_string(), "2022-01-01T00:00:00.2+00:00");
        let last: Timestamp = "9999-12-31T23:59:58Z".parse().unwrap();
        assert!(last.checked_add(Duration::from_secs(1)).is_some());
        assert!(last.checked_add(Duration::from_secs(2)).is_none());
        assert!(last.checked_add(Duration::MAX).is_none());
    }

    #[test]
    fn fractions_are_kept() {
        let moment: Timestamp = "2021-10-05T08:10:29.120Z".parse().unwrap();
        assert_eq!(moment.to_string(), "2021-10-05T08:10:29.12+00:00");
        assert_eq!(SystemTime::from(moment), SystemTime::UNIX_EPOCH + moment.0);
    }

    #[cfg(all(feature = "jiff", feature = "chrono", feature = "time"))]
    #[test]
    fn conversions_keep_the_moment() {
        let moment: Timestamp = "2021-10-05T08:10:29.12Z".parse().unwrap();
        assert_eq!(
            jiff::Timestamp::from(moment).as_nanosecond(),
            1_633_421_429_120_000_000
        );
        let chrono = chrono::DateTime::<chrono::Utc>::from(moment);
        assert_eq!(
            chrono.timestamp_nanos_opt(),
            Some(1_633_421_429_120_000_000)
        );
        let time = time::OffsetDateTime::from(moment);
        assert_eq!(time.unix_timestamp_nanos(), 1_633_421_429_120_000_000);
        let last: Timestamp = "9999-12-31T23:59:59Z".parse().unwrap();
        let _ = (
            jiff::Timestamp::from(last),
            chrono::DateTime::<chrono::Utc>::from(last),
            time::OffsetDateTime::from(last),
        );
    }
}
