use hyper::StatusCode;
use serde::Deserialize;
use siohook_events::Shown;

use crate::{Exit, Failure};

/// Code of a failure: there is no such object, or not any more.
pub(crate) const NOT_FOUND: &str = "not_found";
/// Code of a failure: the request is right, but not now.
pub(crate) const NOT_NOW: &str = "not_possible_now";

/// Body of an answer that is not a success.
#[derive(Deserialize)]
struct Problem {
    error: String,
    did_you_mean: Option<String>,
}

/// Reads why a sandbox refused. `None` if that was not a sandbox.
pub(super) fn read(status: StatusCode, body: &[u8]) -> Option<Failure> {
    let problem: Problem = serde_json::from_slice(body).ok()?;
    let (exit, code) = match status.as_u16() {
        404 => (Exit::Usage, NOT_FOUND),
        409 => (Exit::Usage, NOT_NOW),
        403 | 421 => (Exit::Usage, "foreign_host"),
        400..500 => (Exit::Usage, "bad_value"),
        _ => (Exit::Here, "sandbox_failed"),
    };
    let failure = Failure::new(exit, code, Shown::text(&problem.error).to_string());
    match problem.did_you_mean {
        Some(meant) if !problem.error.contains(&format!("mean `{meant}`")) => {
            Some(failure.hint(format!("did you mean `{}`?", Shown::value(meant))))
        }
        _ => Some(failure),
    }
}
