use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use siohook_events::Shown;

/// How fast a [`Clock`](crate::Clock) goes. Its text form is `real`, `x60` or `manual`.
///
/// ```
/// use siohook_sandbox::Pace;
///
/// assert_eq!("manual".parse(), Ok(Pace::Manual));
/// assert_eq!("x60".parse::<Pace>()?.to_string(), "x60");
///
/// let error = "fast".parse::<Pace>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`fast` is not a clock: write `real`, `manual`, or `x60` for 60 times as fast",
/// );
/// # Ok::<(), siohook_sandbox::ParsePaceError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// As fast as the system's time.
    #[default]
    Real,
    /// Several times as fast.
    Times(NonZeroU32),
    /// Moved by hand.
    Manual,
}

impl Pace {
    /// Seconds of the clock in a second of the system.
    pub(super) fn factor(self) -> u32 {
        match self {
            Self::Real => 1,
            Self::Times(factor) => factor.get(),
            Self::Manual => 0,
        }
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Real => f.write_str("real"),
            Self::Times(factor) => write!(f, "x{factor}"),
            Self::Manual => f.write_str("manual"),
        }
    }
}

impl FromStr for Pace {
    type Err = ParsePaceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let factor = |digits: &str| digits.parse().ok().map(Self::Times);
        match text {
            "real" => Ok(Self::Real),
            "manual" => Ok(Self::Manual),
            _ => text
                .strip_prefix('x')
                .filter(|digits| !digits.starts_with('+'))
                .and_then(factor)
                .ok_or_else(|| ParsePaceError(Shown::value(text).to_string())),
        }
    }
}

/// Error of a text that is not a [`Pace`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsePaceError(String);

impl fmt::Display for ParsePaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a clock: write `real`, `manual`, or `x60` for 60 times as fast",
            self.0
        )
    }
}

impl std::error::Error for ParsePaceError {}
