//! The time that everything reads.

#[cfg(any(test, feature = "testing"))]
mod manual;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use siohook::Timestamp;

#[cfg(any(test, feature = "testing"))]
pub(crate) use self::manual::ManualClock;

/// Milliseconds since 1970.
pub(crate) type Millis = i64;

/// The time: of the system, or moved by hand.
#[derive(Clone, Debug)]
pub(crate) enum Clock {
    System {
        started: Instant,
    },
    #[cfg(any(test, feature = "testing"))]
    Manual(ManualClock),
}

impl Clock {
    pub(crate) fn system() -> Self {
        Self::System {
            started: Instant::now(),
        }
    }

    /// Whether it is moved by hand, so that no other clock may count.
    #[cfg(feature = "postgres")]
    pub(crate) fn is_by_hand(&self) -> bool {
        !matches!(self, Self::System { .. })
    }

    /// Milliseconds since 1970. They may go backwards.
    pub(crate) fn now(&self) -> Millis {
        match self {
            Self::System { .. } => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH);
                since.map_or(0, millis)
            }
            #[cfg(any(test, feature = "testing"))]
            Self::Manual(clock) => clock.now(),
        }
    }

    /// Time since some moment. It never goes backwards.
    pub(crate) fn elapsed(&self) -> Duration {
        match self {
            Self::System { started } => started.elapsed(),
            #[cfg(any(test, feature = "testing"))]
            Self::Manual(clock) => clock.elapsed(),
        }
    }
}

/// The milliseconds of a duration.
pub(crate) fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}

/// A moment as users see it.
pub(crate) fn timestamp(millis: Millis) -> Timestamp {
    let since = Duration::from_millis(millis.max(0).unsigned_abs());
    let time = UNIX_EPOCH.checked_add(since);
    let time = time.and_then(|time| Timestamp::try_from(time).ok());
    time.unwrap_or_else(|| Timestamp::try_from(UNIX_EPOCH).expect("1970 is a year"))
}
