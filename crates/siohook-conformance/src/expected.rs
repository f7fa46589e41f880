use crate::failure::{Checked, Failure};
use crate::request::Request;
use crate::response::Response;

/// The expected response: status, outcome, and the headers and the body that follow from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    status: u16,
    outcome: &'static str,
}

const fn expected(status: u16, outcome: &'static str) -> Expected {
    Expected { status, outcome }
}

pub(crate) const DONE: Expected = expected(200, "done");
pub(crate) const DONE_BEFORE: Expected = expected(200, "done_before");
pub(crate) const FAILED_FOR_GOOD: Expected = expected(200, "failed_for_good");
pub(crate) const UNHANDLED: Expected = expected(200, "unhandled");
pub(crate) const BAD_REQUEST: Expected = expected(400, "bad_request");
pub(crate) const UNAUTHORIZED: Expected = expected(401, "unauthorized");
pub(crate) const FORBIDDEN: Expected = expected(403, "forbidden");
pub(crate) const METHOD_NOT_ALLOWED: Expected = expected(405, "method_not_allowed");
pub(crate) const IN_PROGRESS: Expected = expected(409, "in_progress");
pub(crate) const TOO_LARGE: Expected = expected(413, "too_large");
pub(crate) const MISMATCH: Expected = expected(422, "mismatch");
pub(crate) const FAILED: Expected = expected(500, "failed");
pub(crate) const RETRY_LATER: Expected = expected(503, "retry_later");

impl Expected {
    /// Compares status, body and the headers that siohook sets.
    pub(crate) fn is(self, request: &Request, response: &Response) -> Checked {
        let body = format!(r#"{{"outcome":"{}"}}"#, self.outcome);
        let given = (response.status, response.body.escape_ascii().to_string());
        let has_no_body = request.has_no_answer_body();
        let wanted_body = if has_no_body { "" } else { &body };
        let wanted = (
            self.status,
            wanted_body.as_bytes().escape_ascii().to_string(),
        );
        if given != wanted {
            return Err(Failure::new(format!(
                "the response is {} {:?} and not {} {:?}",
                given.0, given.1, wanted.0, wanted.1
            )));
        }
        let allow = (self.status == 405).then_some("POST");
        let retry_after = (self.status == 503).then_some("60");
        let headers = [
            ("content-type", Some("application/json")),
            ("allow", allow),
            ("retry-after", retry_after),
        ];
        for (name, wanted) in headers {
            let given = response.all(name);
            if given != Vec::from_iter(wanted) {
                return Err(Failure::new(format!(
                    "the header {name} is {given:?} and not {wanted:?}"
                )));
            }
        }
        // The response to HEAD has the length of the response to GET.
        let lengths = response.all("content-length");
        if lengths
            .iter()
            .any(|length| *length != body.len().to_string())
        {
            return Err(Failure::new(format!("Content-Length is {lengths:?}")));
        }
        Ok(())
    }
}
