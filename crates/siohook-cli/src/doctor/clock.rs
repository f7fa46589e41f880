//! Whether the clock of this machine can be right. No other clock is asked: what was written here, and
//! what senders wrote, is compared with it.

use std::env;

use jiff::{SignedDuration, Timestamp};
use siohook_events::headers::ATTEMPT_TIMESTAMP;

use super::check::Check;
use crate::store::Entry;
use crate::text::time;

/// No clock is right that shows an earlier time.
const RELEASED: Timestamp = Timestamp::constant(1_793_491_200, 0);

/// Clocks that are set by the network differ by less.
const SLACK: SignedDuration = SignedDuration::from_secs(60);

/// How many of the latest deliveries are read.
const READ: usize = 20;

const HINT: &str = "set it: certificates are checked, and deliveries are dated, by this clock";

/// Something that was written at a time, by this clock.
struct Written {
    what: String,
    at: Timestamp,
}

/// A delivery that came before it was sent.
struct Early {
    id: String,
    came: Timestamp,
    sent: Timestamp,
}

/// Looks at the clock, at this program and at the deliveries, of which the oldest is the first.
pub(super) fn check(deliveries: &[Entry]) -> Check {
    let delivery = deliveries.iter().max_by_key(|entry| entry.time);
    let delivery = delivery.map(|entry| Written {
        what: format!("delivery {}", entry.id),
        at: entry.time,
    });
    let latest = deliveries.iter().rev().take(READ);
    let early = latest.filter_map(early).max_by_key(Early::lead);
    let written: Vec<_> = program().into_iter().chain(delivery).collect();
    judge(Timestamp::now(), &written, early.as_ref())
}

/// The file of this program. Copies may keep the time of the original, which is earlier.
fn program() -> Option<Written> {
    let modified = env::current_exe().ok()?.metadata().ok()?.modified().ok()?;
    Some(Written {
        what: "this program".to_owned(),
        at: Timestamp::try_from(modified).ok()?,
    })
}

fn early(entry: &Entry) -> Option<Early> {
    let delivery = entry.read().ok()?;
    let sent = str::from_utf8(delivery.header(ATTEMPT_TIMESTAMP)?).ok()?;
    let early = Early {
        id: entry.id.clone(),
        came: entry.time,
        sent: sent.parse().ok()?,
    };
    (early.lead() > SLACK).then_some(early)
}

impl Early {
    fn lead(&self) -> SignedDuration {
        self.sent.duration_since(self.came)
    }
}

fn judge(now: Timestamp, written: &[Written], early: Option<&Early>) -> Check {
    let shown = |at: Timestamp| format!("{}Z", time(&at.to_string()));
    if now < RELEASED {
        let message = format!("{} is before this program was made", shown(now));
        return Check::fail("clock", "clock_wrong", message).hint(HINT);
    }
    let latest = written.iter().max_by_key(|written| written.at);
    if let Some(Written { what, at }) = latest
        && at.duration_since(now) > SLACK
    {
        let message = format!(
            "{} is before {what} was written: {}",
            shown(now),
            shown(*at)
        );
        return Check::warn("clock", "clock_back", message).hint(HINT);
    }
    if let Some(Early { id, came, sent }) = early {
        let (now, came, sent) = (shown(now), shown(*came), shown(*sent));
        let message = format!("{now}; delivery {id} came at {came}, before it was sent: {sent}");
        let hint = "this clock was slow then, or that of the sender was fast";
        return Check::warn("clock", "clock_slow", message).hint(hint);
    }
    let than = latest.map_or("this program was released".to_owned(), |written| {
        format!("{} was written", written.what)
    });
    let message = format!("{}, after {than}; no other clock was asked", shown(now));
    Check::ok("clock", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-12-01T00:00:00Z";

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    /// Status and message at a time.
    fn judged(now: &str, written: &[(&str, &str)], early: Option<&Early>) -> (String, String) {
        let written: Vec<_> = written
            .iter()
            .map(|(what, time)| Written {
                what: (*what).to_owned(),
                at: at(time),
            })
            .collect();
        let check = serde_json::to_value(judge(at(now), &written, early)).unwrap();
        let text = |name: &str| check[name].as_str().unwrap().to_owned();
        (text("status"), text("message"))
    }

    #[test]
    fn a_clock_before_the_release_is_wrong() {
        let (status, message) = judged("1970-01-01T00:00:00Z", &[], None);
        assert_eq!(status, "fail");
        assert_eq!(
            message,
            "1970-01-01 00:00:00Z is before this program was made"
        );
    }

    #[test]
    fn a_clock_before_what_it_dated_was_set_back() {
        for (written, status, part) in [
            (&[][..], "ok", "after this program was released; no other"),
            (
                &[("this program", "2026-11-30T00:00:00Z")],
                "ok",
                "after this program was written; no other",
            ),
            // Within the slack.
            (&[("delivery a", "2026-12-01T00:00:59Z")], "ok", ""),
            (
                &[
                    ("this program", "2026-11-30T00:00:00Z"),
                    ("delivery a", "2026-12-02T00:00:00Z"),
                ],
                "warn",
                "is before delivery a was written: 2026-12-02 00:00:00Z",
            ),
            (
                &[("this program", "2026-12-01T00:01:01Z")],
                "warn",
                "is before this program was written",
            ),
        ] {
            let (found, message) = judged(NOW, written, None);
            assert_eq!(found, status, "{message}");
            assert!(message.contains(part), "{message}");
        }
    }

    #[test]
    fn a_delivery_that_came_before_it_was_sent_is_told() {
        let early = Early {
            id: "k3f9qa".to_owned(),
            came: at("2026-11-27T11:00:00Z"),
            sent: at("2026-11-27T13:00:00Z"),
        };
        let (status, message) = judged(NOW, &[], Some(&early));
        assert_eq!(status, "warn");
        assert_eq!(
            message,
            "2026-12-01 00:00:00Z; delivery k3f9qa came at 2026-11-27 11:00:00Z, \
             before it was sent: 2026-11-27 13:00:00Z"
        );
    }
}
