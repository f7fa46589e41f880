//! Messages as the control API shows them.

use serde::Deserialize;
use serde_json::Value;

use crate::{Exit, Failure};

/// A message: what is read from it, and all of it.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) known: Known,
    /// The object for `--json`, without the token.
    pub(super) json: Value,
}

#[derive(Debug, Deserialize)]
pub(super) struct Known {
    pub(super) id: String,
    pub(super) mechanism: String,
    pub(super) event: String,
    pub(super) status: String,
    pub(super) occurred_at: String,
    pub(super) next_attempt_at: Option<String>,
    pub(super) request: Option<Request>,
    pub(super) attempts: Vec<Attempt>,
    pub(super) webhook: Option<String>,
    pub(super) rule: Option<u64>,
    pub(super) workflow: Option<u64>,
    /// What went wrong on purpose before the first attempt.
    pub(super) chaos: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Request {
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Attempt {
    pub(super) n: u32,
    pub(super) at: String,
    pub(super) ms: u64,
    pub(super) outcome: String,
    pub(super) status: Option<u16>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
    pub(super) error: Option<String>,
    pub(super) resent: bool,
    pub(super) hint: Option<String>,
    /// What went wrong on purpose.
    pub(super) chaos: Vec<String>,
}

impl Message {
    pub(super) fn new(mut json: Value) -> Result<Self, Failure> {
        let known = Known::deserialize(&json).map_err(|error| {
            Failure::new(
                Exit::Unreached,
                "not_a_sandbox",
                format!("a message can't be read: {error}"),
            )
            .hint("is the sandbox of the same version as this program?")
        })?;
        if let Some(Value::String(url)) = json.pointer_mut("/request/url") {
            *url = without_query(url).to_owned();
        }
        Ok(Self { known, json })
    }
}

impl Known {
    /// Where it goes, without the query, which may hold a token.
    pub(super) fn destination(&self) -> &str {
        let request = self.request.as_ref();
        request.map_or("", |request| without_query(&request.url))
    }
}

impl Attempt {
    /// What went wrong on purpose with an attempt of this message, as a text.
    pub(super) fn chaos(&self, of: &Known) -> Option<String> {
        let before: &[String] = if self.n == 1 { &of.chaos } else { &[] };
        let hits = [before, &self.chaos].concat();
        (!hits.is_empty()).then(|| format!("chaos: {}", hits.join(", ")))
    }

    /// Status of a whole answer.
    pub(super) fn answered(&self) -> Option<u16> {
        self.status.filter(|_| self.outcome == "status")
    }
}

pub(super) fn without_query(url: &str) -> &str {
    url.split('?').next().unwrap_or_default()
}

/// The beginning and the end of an id. [`select`](super::select) takes it as well.
pub(super) fn short(id: &str) -> String {
    match (
        id.get(..4),
        id.len().checked_sub(4).and_then(|end| id.get(end..)),
    ) {
        (Some(start), Some(end)) if id.len() > 9 => format!("{start}…{end}"),
        _ => id.to_owned(),
    }
}

/// `2026-01-01T00:00:00+00:00` as `2026-01-01 00:00:00`.
pub(super) fn time(time: &str) -> String {
    time.get(..19).unwrap_or(time).replace('T', " ")
}

/// A number of bytes: `512 B`, `1.1 kB`.
pub(super) fn size(bytes: usize) -> String {
    let tenths = |unit: usize| (bytes + unit / 20) / (unit / 10);
    match bytes {
        0..1000 => format!("{bytes} B"),
        1000..1_000_000 => format!("{}.{} kB", tenths(1000) / 10, tenths(1000) % 10),
        _ => format!("{}.{} MB", tenths(1_000_000) / 10, tenths(1_000_000) % 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_for_people_are_short() {
        assert_eq!(short("01a0e6f0-4c11-7d20-9f3e-5b1c2a7d9e01"), "01a0…9e01");
        assert_eq!(short("abc"), "abc");
        assert_eq!(short("ääääääää"), "ää…ää");
        assert_eq!(time("2026-01-01T11:02:13+00:00"), "2026-01-01 11:02:13");
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1094, "1.1 kB"),
            (999_940, "999.9 kB"),
            (1_048_576, "1.0 MB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
