//! How fast deliveries are sent.

use std::str::FromStr;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// So many in a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rate {
    gap: Duration,
}

impl FromStr for Rate {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "write a number and a time: `5/s`, `100/m` or `1000/h`";
        let (count, unit) = text.split_once('/').ok_or(wrong)?;
        let count: u32 = count.parse().map_err(|_| wrong)?;
        let unit = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => return Err(wrong),
        };
        let gap = Duration::from_secs(unit).checked_div(count).ok_or(wrong)?;
        Ok(Self { gap })
    }
}

/// Waits before each one.
pub(super) struct Pace {
    rate: Option<Rate>,
    next: Instant,
}

impl Pace {
    pub(super) fn new(rate: Option<Rate>) -> Self {
        let next = Instant::now();
        Self { rate, next }
    }

    pub(super) async fn wait(&mut self) {
        if let Some(rate) = self.rate {
            sleep_until(self.next).await;
            self.next = Instant::now() + rate.gap;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_gap() {
        for (text, millis) in [("5/s", 200), ("100/m", 600), ("3600/h", 1000)] {
            let gap = Duration::from_millis(millis);
            assert_eq!(text.parse(), Ok(Rate { gap }), "{text}");
        }
        for text in ["", "5", "0/s", "5/d", "-1/s", "a/s"] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }
}
