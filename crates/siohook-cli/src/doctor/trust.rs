//! Whether a receiver checks who sends, and has what its user has.

use super::check::Check;
use super::probe::Asked;
use crate::receiver::Answered;
use crate::reply;
use crate::secret::Shared;

/// What siohook answers to an address that it does not admit.
const FORBIDDEN: &str = "forbidden";

/// What both sides have, if it was sent.
pub(super) enum Known {
    Sent(Asked),
    /// Why it was not sent.
    Not(&'static str),
}

/// Something that refuses whatever comes from here.
#[derive(Clone, Copy)]
pub(super) enum Gate {
    /// The receiver itself, which says so.
    Siohook,
    /// Every answer is 403, even the one to what has the secret or the token.
    Likely,
}

impl Gate {
    pub(super) fn of(unsigned: &Asked, forged: &Asked, known: [&Known; 2]) -> Option<Self> {
        let is_forbidden = |asked: &Asked| is_status(asked, 403);
        let says_so = |asked: &Asked| {
            let outcome = asked.as_ref().ok().and_then(|it| reply::outcome(&it.body));
            is_forbidden(asked) && outcome.as_deref() == Some(FORBIDDEN)
        };
        let sent: Vec<_> = known
            .into_iter()
            .filter_map(|known| match known {
                Known::Sent(asked) => Some(asked),
                Known::Not(_) => None,
            })
            .collect();
        if says_so(unsigned) {
            Some(Self::Siohook)
        } else if is_forbidden(unsigned)
            && is_forbidden(forged)
            && !sent.is_empty()
            && sent.into_iter().all(is_forbidden)
        {
            Some(Self::Likely)
        } else {
            None
        }
    }

    pub(super) fn check(self) -> Check {
        let (message, hint) = match self {
            Self::Siohook => (
                "403: the receiver does not admit the address of this machine",
                "run this from an address that it admits",
            ),
            Self::Likely => (
                "403 to all of these: does it admit systeme.io's addresses only?",
                "run this from there, or past the gate with `--resolve ADDRESS`",
            ),
        };
        Check::warn("gate", "address_gate", message).hint(hint)
    }
}

/// What must be refused.
pub(super) struct Forbidden {
    name: &'static str,
    code: &'static str,
    /// What a receiver does that accepts it.
    takes: &'static str,
    hint: &'static str,
}

pub(super) const UNSIGNED: Forbidden = Forbidden {
    name: "unsigned",
    code: "unsigned_accepted",
    takes: "it takes what is not signed",
    hint: "any caller who knows the URL can make sales: compare the signature of the body first",
};

pub(super) const FORGED: Forbidden = Forbidden {
    name: "forged",
    code: "forged_accepted",
    takes: "it takes any signature",
    hint: "compare it with the HMAC-SHA256 of the bytes of the body",
};

/// Judges an answer to what must be refused because of who sends it.
pub(super) fn refused(of: &Forbidden, asked: &Asked, gate: Option<Gate>) -> Check {
    let status = match asked {
        Ok(answered) => answered.status,
        Err(failure) => return Check::unanswered(of.name, failure),
    };
    match status {
        403 if gate.is_some() => {
            Check::skip(of.name, "can't tell: 403 to whatever comes from here")
        }
        401 | 403 => Check::ok(of.name, format!("refused ({status})")),
        200..300 => Check::fail(
            of.name,
            of.code,
            format!("accepted ({status}): {}", of.takes),
        )
        .hint(of.hint),
        // The body is no event, which a receiver may see without a look at the signature.
        400 | 422 => Check::skip(
            of.name,
            format!("can't tell: {status} may be for the body, which is {{}}"),
        )
        .hint("answer 401 to a wrong signature"),
        500.. => Check::warn(of.name, "not_refused", format!("failed ({status})"))
            .hint("systeme.io would try again: a forged request is refused with 401"),
        _ => Check::skip(of.name, format!("can't tell ({status})")),
    }
}

/// A secret or a token.
pub(super) struct OfBoth {
    shared: Shared,
    code: &'static str,
    hint: &'static str,
    /// The fault of a receiver that accepts another one, if no other check tells.
    takes_any: Option<&'static str>,
}

pub(super) const SECRET: OfBoth = OfBoth {
    shared: Shared::Secret,
    code: "secret_wrong",
    hint: "compare the two first; `siohook verify` tells what systeme.io signs with",
    takes_any: None,
};

pub(super) const TOKEN: OfBoth = OfBoth {
    shared: Shared::Token,
    code: "token_wrong",
    hint: "compare the two first; in systeme.io, it is in the URL of the automation",
    takes_any: Some("token_ignored"),
};

/// Judges an answer to what has the secret or the token, beside the one to what has another.
pub(super) fn shared(of: &OfBoth, known: &Known, other: &Asked) -> Check {
    let name = of.shared.name();
    let answered = match known {
        Known::Not(why) => return Check::skip(name, *why),
        Known::Sent(Ok(answered)) => answered,
        Known::Sent(Err(failure)) => return Check::unanswered(name, failure),
    };
    let Answered { status, body, .. } = answered;
    if let (Some(code), Ok(other)) = (of.takes_any, other)
        && reply::is_success(other.status)
    {
        let message = format!(
            "accepted ({}) with another: it takes any {name}",
            other.status
        );
        return Check::fail(name, code, message).hint("compare it with the one that you chose");
    }
    let is_siohook = reply::outcome(body).is_some();
    let is_other_refused = is_status(other, 401) || is_status(other, 403);
    match status {
        401 if is_siohook => {
            let message = format!("refused (401): this is not the {name} that the receiver has");
            Check::fail(name, of.code, message).hint(of.hint)
        }
        // The body is looked at, as that of a delivery of systeme.io is.
        200..300 | 400 | 422 if is_other_refused => {
            Check::ok(name, format!("the receiver has it ({status})"))
        }
        _ => {
            let other = match other {
                Ok(other) => other.status.to_string(),
                Err(_) => "no answer".to_owned(),
            };
            let message = format!("can't tell: {status} with the {name}, {other} with another");
            Check::skip(name, message)
        }
    }
}

fn is_status(asked: &Asked, status: u16) -> bool {
    asked
        .as_ref()
        .is_ok_and(|answered| answered.status == status)
}
