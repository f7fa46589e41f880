mod parse;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use jiff::SignedDuration;

pub use parse::ParseScheduleError;

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

pub(crate) fn shown(duration: Duration) -> String {
    let duration = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
    format!("{duration:#}")
}
