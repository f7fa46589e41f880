use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;

use siohook_events::Shown;

/// When a subscription is disabled with the reason `BAD_SUCCESS_RATE`.
///
/// systeme.io's threshold is unknown, so it is off by default. `50%/20` disables a
/// subscription when fewer than half of its last 20 finished messages were delivered.
///
/// ```
/// use siohook_sandbox::DisableBelow;
///
/// assert_eq!("50%/20".parse::<DisableBelow>()?.to_string(), "50%/20");
/// assert_eq!("off".parse(), Ok(DisableBelow::OFF));
///
/// let error = "50/20".parse::<DisableBelow>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`50/20` is not a success rate: write a rate and a number of messages such as `50%/20`, \
///      or `off`",
/// );
/// # Ok::<(), siohook_sandbox::ParseDisableBelowError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DisableBelow(Option<Threshold>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Threshold {
    /// From 1 to 100.
    percent: usize,
    count: usize,
}

impl DisableBelow {
    /// Never.
    pub const OFF: Self = Self(None);

    const MAX_COUNT: usize = 10_000;
}

/// The latest finished messages of a subscription.
#[derive(Debug, Default)]
pub(crate) struct Window(VecDeque<bool>);

impl Window {
    /// Adds a finished message. Returns whether the subscription is to be disabled, and then
    /// begins anew.
    pub(crate) fn push(&mut self, is_delivered: bool, limit: DisableBelow) -> bool {
        let Some(Threshold { percent, count }) = limit.0 else {
            return false;
        };
        self.0.push_back(is_delivered);
        if self.0.len() < count {
            return false;
        }
        let delivered = self.0.iter().filter(|is_delivered| **is_delivered).count();
        let is_bad = delivered * 100 < percent * count;
        if is_bad {
            self.0.clear();
        } else {
            self.0.pop_front();
        }
        is_bad
    }
}

impl fmt::Display for DisableBelow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(Threshold { percent, count }) => write!(f, "{percent}%/{count}"),
            None => f.write_str("off"),
        }
    }
}

impl FromStr for DisableBelow {
    type Err = ParseDisableBelowError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "off" {
            return Ok(Self::OFF);
        }
        let number = |text: &str, max| {
            let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
            let number = text.parse().ok().filter(|_| is_digits);
            number.filter(|number| (1..=max).contains(number))
        };
        text.split_once("%/")
            .and_then(|(percent, count)| {
                Some(Threshold {
                    percent: number(percent, 100)?,
                    count: number(count, Self::MAX_COUNT)?,
                })
            })
            .map(|threshold| Self(Some(threshold)))
            .ok_or_else(|| ParseDisableBelowError(Shown::value(text).to_string()))
    }
}

/// Error of a text that is not a [`DisableBelow`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseDisableBelowError(String);

impl fmt::Display for ParseDisableBelowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a success rate: write a rate and a number of messages such as `50%/20`, \
             or `off`",
            self.0
        )
    }
}

impl std::error::Error for ParseDisableBelowError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_slides_until_the_rate_is_bad() {
        let limit = "50%/4".parse().unwrap();
        let mut window = Window::default();
        let mut push = |is_delivered| window.push(is_delivered, limit);
        let results = [true, true, false, false, false].map(&mut push);
        assert_eq!(results, [false, false, false, false, true]);
        // It begins anew.
        assert_eq!([false; 4].map(push), [false, false, false, true]);
    }

    #[test]
    fn off_counts_nothing() {
        let mut window = Window::default();
        assert!(!window.push(false, DisableBelow::OFF));
        assert!(window.0.is_empty());
    }

    #[test]
    fn numbers_have_limits() {
        for text in [
            "",
            "0%/20",
            "101%/20",
            "50%/0",
            "50%/10001",
            "+5%/20",
            "50%",
            "Off",
        ] {
            assert!(text.parse::<DisableBelow>().is_err(), "{text}");
        }
    }
}
