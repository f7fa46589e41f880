use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use siohook_events::Shown;

/// The most attempts that a schedule can have.
const MOST_ATTEMPTS: u32 = 1000;

/// When a message is sent again after a failed attempt.
///
/// The default is what systeme.io is said to do with account webhooks: 12 attempts, with gaps
/// of 4, 16, 64 seconds and so on. The cap of a day is a choice of the sandbox.
///
/// Its text form is a first gap that grows, a list of gaps, or `none` for a single attempt:
///
/// ```
/// use std::time::Duration;
///
/// use siohook_sandbox::Schedule;
///
/// let schedule = Schedule::default();
/// assert_eq!(schedule.to_string(), "4s*4^n, max 24h, 12 attempts");
/// assert_eq!(schedule.gap(2), Some(Duration::from_secs(16)));
/// assert_eq!(schedule.gap(12), None);
///
/// let list: Schedule = "1s, 5s, 1m 30s".parse()?;
/// assert_eq!(list.attempts(), 4);
///
/// let error = "often".parse::<Schedule>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`often` is not a retry schedule: `often` is not a gap such as `30s`; write \
///      `4s*4^n, max 24h, 12 attempts`, a list of gaps such as `1s,5s,30s`, or `none`",
/// );
/// # Ok::<(), siohook_sandbox::ParseScheduleError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule(Gaps);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Gaps {
    /// An empty list is a single attempt.
    List(Vec<Duration>),
    Growing {
        first: Duration,
        factor: u32,
        max: Option<Duration>,
        attempts: u32,
    },
}

impl Schedule {
    /// Makes a schedule of a single attempt.
    ///
    /// ```
    /// use siohook_sandbox::Schedule;
    ///
    /// assert_eq!(Schedule::none().attempts(), 1);
    /// assert_eq!(Schedule::none().to_string(), "none");
    /// ```
    #[must_use]
    pub const fn none() -> Self {
        Self(Gaps::List(Vec::new()))
    }

    /// Returns the number of attempts, including the first one.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        match &self.0 {
            Gaps::List(gaps) => u32::try_from(gaps.len()).map_or(u32::MAX, |gaps| gaps + 1),
            Gaps::Growing { attempts, .. } => *attempts,
        }
    }

    /// Returns the time from the start of an attempt to the start of the next one. `None` if
    /// it is the last one. The first attempt has the number 1.
    #[must_use]
    pub fn gap(&self, attempt: u32) -> Option<Duration> {
        let index = attempt.checked_sub(1)?;
        match &self.0 {
            Gaps::List(gaps) => gaps.get(usize::try_from(index).ok()?).copied(),
            Gaps::Growing { attempts, .. } if attempt >= *attempts => None,
            Gaps::Growing {
                first, factor, max, ..
            } => {
                let growth = factor.checked_pow(index);
                let gap = growth.and_then(|growth| first.checked_mul(growth));
                Some(
                    gap.unwrap_or(Duration::MAX)
                        .min(max.unwrap_or(Duration::MAX)),
                )
            }
        }
    }
}

impl Default for Schedule {
    fn default() -> Self {
        Self(Gaps::Growing {
            first: Duration::from_secs(4),
            factor: 4,
            max: Some(Duration::from_secs(24 * 60 * 60)),
            attempts: 12,
        })
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Gaps::List(gaps) if gaps.is_empty() => f.write_str("none"),
            Gaps::List(gaps) => {
                let gaps: Vec<_> = gaps.iter().map(|gap| shown(*gap)).collect();
                f.write_str(&gaps.join(","))
            }
            Gaps::Growing {
                first,
                factor,
                max,
                attempts,
            } => {
                write!(f, "{}*{factor}^n", shown(*first))?;
                if let Some(max) = max {
                    write!(f, ", max {}", shown(*max))?;
                }
                write!(f, ", {attempts} attempts")
            }
        }
    }
}

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

fn shown(duration: Duration) -> String {
    let duration = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
    format!("{duration:#}")
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_default_lasts_four_days() {
        let schedule = Schedule::default();
        let gaps: Vec<_> = (1..=12)
            .map_while(|attempt| schedule.gap(attempt))
            .collect();
        let seconds: Vec<_> = gaps.iter().map(Duration::as_secs).collect();
        let day = 86_400;
        assert_eq!(
            seconds,
            [4, 16, 64, 256, 1024, 4096, 16_384, 65_536, day, day, day]
        );
        assert_eq!(
            gaps.iter().sum::<Duration>().as_secs(),
            4 * day + 16 * 60 + 20
        );
    }

    #[test]
    fn a_gap_without_a_maximum_does_not_overflow() {
        let schedule: Schedule = "1h*1000^n, 1000 attempts".parse().unwrap();
        assert_eq!(schedule.gap(999), Some(Duration::MAX));
        assert_eq!(schedule.gap(1000), None);
        assert_eq!(schedule.gap(0), None);
    }

    #[test]
    fn nonsense_is_refused_with_its_place() {
        for (text, why) in [
            ("", "`` is not a gap"),
            ("1s,,5s", "`` is not a gap"),
            ("-4s", "`-4s` is not a gap"),
            ("4s*4", "`4s*4` is not like `4s*4^n`"),
            ("4s*0^n, 3 attempts", "`0` is not a number from 1 to 1000"),
            (
                "4s*4^n, 2000 attempts",
                "`2000` is not a number from 1 to 1000",
            ),
            ("4s*4^n", "it has no number of attempts"),
            (
                "4s*4^n, max 24h, max 1h, 3 attempts",
                "`max 1h` is not like",
            ),
        ] {
            let error = text.parse::<Schedule>().unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
            assert!(error.ends_with("or `none`"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn text_and_schedule_are_each_others_inverse(
            gaps in prop::collection::vec(0_u64..10_000_000, 0..6),
            factor in 1_u32..=1000,
            attempts in 1_u32..=1000,
            max in prop::option::of(0_u64..100_000_000),
        ) {
            let first = Duration::from_millis(gaps.first().copied().unwrap_or(1));
            let max = max.map(Duration::from_millis);
            let list = gaps.into_iter().map(Duration::from_millis).collect();
            for gaps in [Gaps::List(list), Gaps::Growing { first, factor, max, attempts }] {
                let schedule = Schedule(gaps);
                prop_assert_eq!(schedule.to_string().parse(), Ok(schedule));
            }
        }

        #[test]
        fn parsing_never_panics(text in ".*") {
            let _ = text.parse::<Schedule>();
        }
    }
}
