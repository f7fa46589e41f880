//! Which recorded deliveries are meant.

use clap::Args;
use jiff::Timestamp;
use siohook::explain::Explainer;
use siohook_events::EventPattern;
use siohook_sender::Capture;

use crate::duration;
use crate::store::{Entry, Exchange, Found, Log, Store};
use crate::{Failure, verify};

/// Flags that choose deliveries of the store.
#[derive(Args, Debug, Default)]
#[command(next_help_heading = "Which deliveries")]
pub(crate) struct Choice {
    /// Only this event, or those with this prefix: `SALE_*`
    #[arg(long, value_name = "GLOB", value_parser = pattern)]
    pub(crate) event: Option<String>,
    /// Only those received since then: `2h`, `2026-11-26T11:00:00Z`
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) since: Option<Timestamp>,
    /// Only those received before then
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) until: Option<Timestamp>,
    /// Only those to which a receiver answered other than 2xx, or not at all
    #[arg(long)]
    pub(crate) failed: bool,
    /// Only those that the secrets and tokens do not verify
    #[arg(long)]
    pub(crate) refused: bool,
}

/// What was chosen.
#[derive(Debug, Default)]
pub(crate) struct Chosen {
    /// The oldest one first.
    pub(crate) found: Vec<Found>,
    /// What is left out, and why.
    pub(crate) skipped: Vec<String>,
}

impl Choice {
    /// Whether there is a choice at all.
    pub(crate) fn is_given(&self) -> bool {
        let has_time = self.since.is_some() || self.until.is_some();
        self.event.is_some() || has_time || self.failed || self.refused
    }

    /// Refuses a choice that needs secrets without any.
    pub(crate) fn check(&self, explainer: Option<&Explainer>) -> Result<(), Failure> {
        if self.refused && explainer.is_none() {
            return Err(verify::no_secret());
        }
        Ok(())
    }

    /// Whether a delivery is meant.
    pub(crate) fn has(
        &self,
        entry: &Entry,
        capture: &Capture,
        log: &Log,
        explainer: Option<&Explainer>,
    ) -> bool {
        let is_trusted =
            |explainer: &Explainer| explainer.explain(verify::incoming(capture)).is_trusted();
        self.fits(entry.time, capture.event().as_deref(), log.last(), || {
            explainer.is_some_and(|explainer| !is_trusted(explainer))
        })
    }

    /// Whether a delivery is meant of which this is known.
    pub(crate) fn fits(
        &self,
        time: Timestamp,
        event: Option<&str>,
        last: Option<&Exchange>,
        is_refused: impl FnOnce() -> bool,
    ) -> bool {
        self.since.is_none_or(|since| time >= since)
            && self.until.is_none_or(|until| time < until)
            && self.has_event(event.unwrap_or_default())
            && (!self.failed || last.is_some_and(|last| !Exchange::is_good(last)))
            && (!self.refused || is_refused())
    }

    fn has_event(&self, event: &str) -> bool {
        let Some(pattern) = &self.event else {
            return true;
        };
        EventPattern::parse(pattern).is_ok_and(|pattern| pattern.matches(event))
    }

    /// Finds all that are meant.
    pub(crate) fn find(
        &self,
        store: &Store,
        explainer: Option<&Explainer>,
    ) -> Result<Chosen, Failure> {
        self.check(explainer)?;
        let contents = store.contents()?;
        let mut chosen = Chosen {
            found: vec![],
            skipped: contents.skipped,
        };
        for entry in contents.entries {
            let capture = match entry.read() {
                Ok(capture) => capture,
                Err(failure) => {
                    chosen.skipped.push(failure.message);
                    continue;
                }
            };
            let log = entry.deeds();
            if self.has(&entry, &capture, &log, explainer) {
                chosen.found.push(Found {
                    name: entry.id.clone(),
                    capture,
                    entry: Some(entry),
                });
            }
            chosen.skipped.extend(log.skipped);
        }
        Ok(chosen)
    }
}

/// Checks a name of an event, or a pattern.
pub(crate) fn pattern(text: &str) -> Result<String, String> {
    let parsed = EventPattern::parse(text);
    parsed
        .map(|_| text.to_owned())
        .map_err(|error| error.to_string())
}

/// Parses a time, or how long ago it was.
pub(crate) fn moment(text: &str) -> Result<Timestamp, String> {
    if let Ok(time) = text.parse() {
        return Ok(time);
    }
    let ago = duration::parse(text);
    let ago = ago.map_err(|error| format!("{error}, or a time such as 2026-11-26T11:00:00Z"))?;
    Timestamp::now()
        .checked_sub(ago)
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_time_or_an_age() {
        let time = moment("2026-11-26T11:00:00Z").unwrap();
        assert_eq!(time.to_string(), "2026-11-26T11:00:00Z");
        assert!(moment("2h").unwrap() < Timestamp::now());
        for text in ["", "yesterday", "2", "2026-11-26"] {
            assert!(moment(text).is_err(), "{text}");
        }
    }
}
