use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use siohook_events::Shown;

use super::{Gaps, Schedule};

/// The most attempts that a schedule can have.
const MOST_ATTEMPTS: u32 = 1000;

impl FromStr for Schedule {
    type Err = ParseScheduleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let gaps = match text.trim() {
            "none" => Ok(Gaps::List(vec![])),
            text if text.contains('*') => growing(text),
            text => list(text),
        };
        let text = Shown::value(text);
        gaps.map(Self).map_err(|why| {
            ParseScheduleError(format!("`{text}` is not a retry schedule: {why}").into())
        })
    }
}

fn list(text: &str) -> Result<Gaps, String> {
    let gaps: Vec<_> = text.split(',').map(duration).collect::<Result<_, _>>()?;
    match u32::try_from(gaps.len()) {
        Ok(gaps) if gaps < MOST_ATTEMPTS => {}
        _ => return Err(format!("it has over {MOST_ATTEMPTS} attempts")),
    }
    Ok(Gaps::List(gaps))
}

/// Parses `4s*4^n, max 24h, 12 attempts`.
fn growing(text: &str) -> Result<Gaps, String> {
    let mut parts = text.split(',').map(str::trim);
    let growth = parts.next().unwrap_or_default();
    let (first, factor) = growth
        .strip_suffix("^n")
        .and_then(|growth| growth.split_once('*'))
        .ok_or_else(|| format!("`{}` is not like `4s*4^n`", Shown::value(growth)))?;
    let factor = number(factor).ok_or_else(|| not_a_number(factor))?;
    let first = duration(first)?;
    let (mut max, mut attempts) = (None, None);
    for part in parts {
        if let Some(text) = part.strip_prefix("max ")
            && max.is_none()
        {
            max = Some(duration(text)?);
        } else if let Some(text) = part.strip_suffix(" attempts")
            && attempts.is_none()
        {
            attempts = Some(number(text).ok_or_else(|| not_a_number(text))?);
        } else {
            let part = Shown::value(part);
            return Err(format!("`{part}` is not like `max 24h` or `12 attempts`"));
        }
    }
    Ok(Gaps::Growing {
        first,
        factor,
        max,
        attempts: attempts.ok_or("it has no number of attempts")?,
    })
}

/// Parses a number from 1 to [`MOST_ATTEMPTS`].
fn number(text: &str) -> Option<u32> {
    let text = text.trim();
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_digits)?;
    (1..=MOST_ATTEMPTS).contains(&number).then_some(number)
}

fn not_a_number(text: &str) -> String {
    let text = Shown::value(text);
    format!("`{text}` is not a number from 1 to {MOST_ATTEMPTS}")
}

/// Parses `30s`, `1m 30s`, `24h`.
fn duration(text: &str) -> Result<Duration, String> {
    let duration = text.trim().parse::<SignedDuration>();
    let duration = duration.ok().and_then(|duration| duration.try_into().ok());
    duration.ok_or_else(|| format!("`{}` is not a gap such as `30s`", Shown::value(text)))
}

/// Error of a text that is not a [`Schedule`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseScheduleError(Box<str>);

impl fmt::Display for ParseScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}; write `4s*4^n, max 24h, 12 attempts`, a list of gaps such as `1s,5s,30s`, or `none`",
            self.0
        )
    }
}

impl std::error::Error for ParseScheduleError {}
