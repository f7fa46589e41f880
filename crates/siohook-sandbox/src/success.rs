use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use siohook_events::Shown;

/// Statuses of a receiver that count as delivered.
///
/// Which ones systeme.io accepts is unknown; the default is 200 to 299.
///
/// ```
/// use siohook_sandbox::Success;
///
/// assert_eq!(Success::default().to_string(), "200-299");
///
/// let success: Success = "200-204, 409".parse()?;
/// assert!(success.contains(409));
/// assert!(!success.contains(205));
///
/// let error = "299-200".parse::<Success>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`299-200` is not a list of statuses: write statuses from 100 to 599 such as `200`, \
///      `200-299` or `200-204,409`",
/// );
/// # Ok::<(), siohook_sandbox::ParseSuccessError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Success(Vec<RangeInclusive<u16>>);

impl Success {
    /// Returns whether a status counts as delivered.
    #[must_use]
    pub fn contains(&self, status: u16) -> bool {
        self.0.iter().any(|range| range.contains(&status))
    }
}

impl Default for Success {
    fn default() -> Self {
        Self(vec![200..=299])
    }
}

impl fmt::Display for Success {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, range) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let (first, last) = (range.start(), range.end());
            write!(f, "{comma}{first}")?;
            if first < last {
                write!(f, "-{last}")?;
            }
        }
        Ok(())
    }
}

impl FromStr for Success {
    type Err = ParseSuccessError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let ranges: Option<_> = text.split(',').map(|part| range(part.trim())).collect();
        ranges
            .map(Self)
            .ok_or_else(|| ParseSuccessError(Shown::value(text).to_string()))
    }
}

/// Parses `200` or `200-299`.
fn range(text: &str) -> Option<RangeInclusive<u16>> {
    let status = |text: &str| {
        let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let status = text.parse().ok().filter(|_| is_digits);
        status.filter(|status| (100..=599).contains(status))
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let range = status(first)?..=status(last)?;
    (!range.is_empty()).then_some(range)
}

/// Error of a text that is not a [`Success`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseSuccessError(String);

impl fmt::Display for ParseSuccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a list of statuses: write statuses from 100 to 599 such as `200`, \
             `200-299` or `200-204,409`",
            self.0
        )
    }
}

impl std::error::Error for ParseSuccessError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_have_limits() {
        for text in [
            "",
            "99",
            "600",
            "299-200",
            "200-600",
            "99-200",
            "+200",
            "200-",
            "-200",
            "200,",
            "200--299",
            "2xx",
            "0200-99999",
        ] {
            assert!(text.parse::<Success>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_text_form_is_read_again() {
        for text in ["100", "200-299", "200-204,409", "100-599"] {
            assert_eq!(text.parse::<Success>().unwrap().to_string(), text);
        }
    }
}
