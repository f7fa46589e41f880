//! Durations as people write them: `10s`, `1h 30m`, `2d`.

use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

/// Parses a duration. A day has 24 hours.
pub(crate) fn parse(text: &str) -> Result<Duration, &'static str> {
    let span: Span = text.parse().map_err(|_| EXAMPLES)?;
    let relative = SpanRelativeTo::days_are_24_hours();
    let duration = span.to_duration(relative).map_err(|_| EXAMPLES)?;
    duration.try_into().map_err(|_| "it is negative")
}

/// Parses a time for which the sandbox waits before it answers.
pub(crate) fn wait(text: &str) -> Result<Duration, &'static str> {
    let wait = parse(text)?;
    if wait > LONGEST_WAIT {
        return Err("5m is the longest");
    }
    Ok(wait)
}

/// Parses a time for an answer.
pub(crate) fn timeout(text: &str) -> Result<Duration, &'static str> {
    let timeout = parse(text)?;
    if timeout.is_zero() {
        return Err("nothing answers in no time: write `30s`");
    }
    Ok(timeout)
}

const LONGEST_WAIT: Duration = Duration::from_secs(5 * 60);

const EXAMPLES: &str = "write a duration such as `500ms`, `10s`, `1h 30m` or `2d`";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_a_unit_and_a_direction() {
        for (text, seconds) in [("10s", 10), ("1h 30m", 5400), ("2d", 172_800), ("0s", 0)] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "10", "soon", "-1h", "1mo", "1h ago"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
