//! Conversions from and to the types of the standard library, jiff, chrono and time.

use std::fmt;
use std::time::{Duration, SystemTime};

use super::Timestamp;

/// The error of a moment before 1970 or after 9999, which no [`Timestamp`] holds.
///
/// ```
/// # use siohook_events as siohook;
/// use std::time::{Duration, SystemTime};
///
/// use siohook::Timestamp;
///
/// let epoch = SystemTime::UNIX_EPOCH;
/// assert_eq!(Timestamp::try_from(epoch)?.to_string(), "1970-01-01T00:00:00+00:00");
/// assert!(Timestamp::try_from(epoch - Duration::from_secs(1)).is_err());
/// # Ok::<(), siohook::TimestampRangeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimestampRangeError(());

impl fmt::Display for TimestampRangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a time from 1970 to 9999")
    }
}

impl std::error::Error for TimestampRangeError {}

impl Timestamp {
    /// Converts the result of a conversion that fails for a negative duration.
    fn after_epoch_or<E>(duration: Result<Duration, E>) -> Result<Self, TimestampRangeError> {
        let timestamp = duration.ok().and_then(Self::after_epoch);
        timestamp.ok_or(TimestampRangeError(()))
    }
}

impl From<Timestamp> for SystemTime {
    fn from(timestamp: Timestamp) -> Self {
        Self::UNIX_EPOCH + timestamp.0
    }
}

impl TryFrom<SystemTime> for Timestamp {
    type Error = TimestampRangeError;

    fn try_from(moment: SystemTime) -> Result<Self, Self::Error> {
        Self::after_epoch_or(moment.duration_since(SystemTime::UNIX_EPOCH))
    }
}

#[cfg(feature = "jiff")]
impl From<Timestamp> for jiff::Timestamp {
    /// Saturates in the last 26 hours of 9999, which jiff lacks.
    fn from(timestamp: Timestamp) -> Self {
        let nanos = timestamp.subsec_nanos().cast_signed();
        Self::new(timestamp.unix_seconds(), nanos).unwrap_or(Self::MAX)
    }
}

#[cfg(feature = "jiff")]
impl TryFrom<jiff::Timestamp> for Timestamp {
    type Error = TimestampRangeError;

    fn try_from(moment: jiff::Timestamp) -> Result<Self, Self::Error> {
        Self::after_epoch_or(moment.as_duration().try_into())
    }
}

#[cfg(feature = "chrono")]
impl From<Timestamp> for chrono::DateTime<chrono::Utc> {
    fn from(timestamp: Timestamp) -> Self {
        Self::UNIX_EPOCH + timestamp.0
    }
}

#[cfg(feature = "chrono")]
impl TryFrom<chrono::DateTime<chrono::Utc>> for Timestamp {
    type Error = TimestampRangeError;

    fn try_from(moment: chrono::DateTime<chrono::Utc>) -> Result<Self, Self::Error> {
        Self::after_epoch_or((moment - chrono::DateTime::UNIX_EPOCH).to_std())
    }
}

#[cfg(feature = "time")]
impl From<Timestamp> for time::OffsetDateTime {
    fn from(timestamp: Timestamp) -> Self {
        Self::UNIX_EPOCH + timestamp.0
    }
}

#[cfg(feature = "time")]
impl TryFrom<time::OffsetDateTime> for Timestamp {
    type Error = TimestampRangeError;

    fn try_from(moment: time::OffsetDateTime) -> Result<Self, Self::Error> {
        Self::after_epoch_or((moment - time::OffsetDateTime::UNIX_EPOCH).try_into())
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;
    use std::ops::Sub;

    use super::*;

    const LAST: &str = "9999-12-31T23:59:59.999999999Z";

    /// Converts to `T` and back, from 1970 to `last`, and refuses what is before.
    fn assert_both_ways<T>(nanos: fn(T) -> i128, last: &str)
    where
        T: From<Timestamp> + TryInto<Timestamp, Error = TimestampRangeError>,
        T: Copy + Debug + Sub<Duration, Output = T>,
    {
        let timestamp = |text: &str| text.parse::<Timestamp>().unwrap();
        let known = timestamp("2021-10-05T08:10:29.123456789Z");
        assert_eq!(nanos(known.into()), 1_633_421_429_123_456_789);
        let epoch = timestamp("1970-01-01T00:00:00Z");
        for moment in [epoch, known, timestamp(last)] {
            assert_eq!(T::from(moment).try_into(), Ok(moment));
        }
        for earlier in [1, 1_000_000_000, 86_400_000_000_000].map(Duration::from_nanos) {
            assert_out_of_range(T::from(epoch) - earlier);
        }
    }

    fn assert_out_of_range(moment: impl TryInto<Timestamp> + Copy + Debug) {
        assert!(moment.try_into().is_err(), "{moment:?}");
    }

    #[test]
    fn system_time() {
        let nanos = |time: SystemTime| {
            let since_epoch = time.duration_since(SystemTime::UNIX_EPOCH).unwrap();
            since_epoch.as_nanos().cast_signed()
        };
        assert_both_ways(nanos, LAST);
        let last = SystemTime::from(LAST.parse::<Timestamp>().unwrap());
        assert_out_of_range(last + Duration::from_nanos(100));
    }

    #[cfg(feature = "jiff")]
    #[test]
    fn jiff() {
        assert_both_ways(
            jiff::Timestamp::as_nanosecond,
            "9999-12-30T22:00:00.999999999Z",
        );
        let last: Timestamp = LAST.parse().unwrap();
        assert_eq!(jiff::Timestamp::from(last), jiff::Timestamp::MAX);
        assert_out_of_range(jiff::Timestamp::MIN);
    }

    #[cfg(feature = "chrono")]
    #[test]
    fn chrono() {
        use chrono::{DateTime, Utc};

        let nanos = |time: DateTime<Utc>| {
            i128::from(time.timestamp()) * 1_000_000_000 + i128::from(time.timestamp_subsec_nanos())
        };
        assert_both_ways(nanos, LAST);
        let last: DateTime<Utc> = LAST.parse::<Timestamp>().unwrap().into();
        assert_out_of_range(last + Duration::from_nanos(1));
        assert_out_of_range(DateTime::<Utc>::MIN_UTC);
        assert_out_of_range(DateTime::<Utc>::MAX_UTC);
    }

    #[cfg(feature = "time")]
    #[test]
    fn time() {
        assert_both_ways(time::OffsetDateTime::unix_timestamp_nanos, LAST);
        let offset = time::UtcOffset::from_hms(2, 0, 0).unwrap();
        let there = time::OffsetDateTime::UNIX_EPOCH.to_offset(offset);
        assert_eq!(there.try_into().map(Timestamp::unix_seconds), Ok(0));
    }
}
