//! The likely cause of a failed attempt.

use siohook_events::{Mechanism, Shown};

use crate::{Answer, Outcome};

/// Members of a JSON answer in which receivers say what is wrong.
const TELLING: &[&str] = &["outcome", "error", "reason", "message", "detail"];

/// What to look at after a failure. `None` if nothing is known.
pub(crate) fn hint(answer: &Answer, mechanism: Mechanism) -> Option<String> {
    let advice = match answer.outcome {
        Outcome::Status => return of_status(answer, mechanism),
        Outcome::Timeout => "does it answer before it does slow work?",
        Outcome::Refused => "is the receiver running at this address?",
        Outcome::Dns => "is the name in the hosts file? `localhost` needs no entry",
        Outcome::Tls => "does it speak TLS at this port, with a certificate that is trusted here?",
        Outcome::Reset | Outcome::Blocked => return None,
    };
    Some(advice.to_owned())
}

fn of_status(answer: &Answer, mechanism: Mechanism) -> Option<String> {
    let status = answer.status?;
    let advice = match (status, mechanism) {
        (300..=399, _) => Some("redirects are not followed: is this the final URL?"),
        (401 | 403, Mechanism::Account) => Some("is its secret the webhook's?"),
        (401 | 403, _) => Some("is its token the one in the URL?"),
        (404, _) => Some("is the path of the URL right?"),
        (405, _) => Some("does it take POST at this path?"),
        (413, _) => Some("is its limit of the body too low?"),
        _ => None,
    };
    let said = said(answer).map(|said| format!("the receiver says {said}"));
    match (said, advice) {
        (Some(said), Some(advice)) => Some(format!("{said}: {advice}")),
        (said, advice) => said.or(advice.map(str::to_owned)),
    }
}

fn said(answer: &Answer) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(&answer.body).ok()?;
    let said = TELLING.iter().find_map(|name| body.get(name)?.as_str())?;
    (!said.is_empty()).then(|| Shown::value(said).to_string())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn a_failure_has_its_likely_cause() {
        use Mechanism::{Account, Automation};
        let answer = |outcome, status, body| Answer {
            outcome,
            status,
            body: Bytes::from_static(body),
            ..Answer::blocked(String::new())
        };
        let of_status = |status, body| answer(Outcome::Status, Some(status), body);
        for (answer, mechanism, expected) in [
            (of_status(204, b""), Account, None),
            (of_status(500, b"oops"), Account, None),
            (of_status(500, b"{\"error\":\"\"}"), Account, None),
            (
                of_status(500, b"{\"error\":\"a\\nb\"}"),
                Account,
                Some("the receiver says a\\nb"),
            ),
            (
                of_status(403, b"[]"),
                Account,
                Some("is its secret the webhook's?"),
            ),
            (
                of_status(401, b""),
                Automation,
                Some("is its token the one in the URL?"),
            ),
            (
                of_status(404, b"{\"message\":\"no route\"}"),
                Automation,
                Some("the receiver says no route: is the path of the URL right?"),
            ),
            (
                of_status(302, b""),
                Account,
                Some("redirects are not followed: is this the final URL?"),
            ),
            (
                answer(Outcome::Refused, None, b""),
                Account,
                Some("is the receiver running at this address?"),
            ),
            (answer(Outcome::Blocked, None, b""), Account, None),
        ] {
            assert_eq!(hint(&answer, mechanism).as_deref(), expected);
        }
    }
}
