//! Messages as the control API shows them.

use serde::Deserialize;
use serde_json::Value;

use crate::text::without_query;
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
