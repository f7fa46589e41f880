//! What the answers of a receiver say.

use std::time::Duration;

use siohook_events::Shown;

use super::check::{Check, Sheet};
use super::probe::Probes;
use crate::Failure;
use crate::receiver::Answered;
use crate::reply;
use crate::secret::Shared;

/// A slower receiver is warned of.
const SLOW: Duration = Duration::from_secs(5);

/// What follows the first answer.
const REST: [&str; 6] = ["method", "unsigned", "forged", "secret", "token", "size"];

type Asked = Result<Answered, Failure>;

/// Asks the receiver, and writes what the answers say. A token that others could read is not sent.
pub(super) async fn all(
    probes: &Probes<'_>,
    secret: Option<&str>,
    token: Option<&str>,
    is_in_clear: bool,
    sheet: &mut Sheet,
) -> Result<(), Failure> {
    // A receiver that does not answer this one is not there.
    let unsigned = probes.unsigned().await?;
    if (300..400).contains(&unsigned.status) {
        sheet.add(redirected(&unsigned))?;
        for check in REST {
            sheet.add(Check::skip(check, "not checked: it redirects"))?;
        }
        return Ok(());
    }
    sheet.add(Check::ok("redirect", "none"))?;
    sheet.add(method(&unsigned, &probes.get().await))?;
    sheet.add(refused(&UNSIGNED, &Ok(unsigned.clone())))?;
    let forged = probes.forged().await;
    sheet.add(refused(&FORGED, &forged))?;
    let mut answers = vec![Ok(unsigned.clone()), forged];
    for (known, of) in [(secret, &SECRET), (token, &TOKEN)] {
        let name = of.shared.name();
        let asked = match (known, of.shared) {
            (None, _) => {
                sheet.add(Check::skip(name, "not given"))?;
                continue;
            }
            (Some(_), Shared::Token) if is_in_clear => {
                sheet.add(Check::skip(name, "not sent: plain HTTP"))?;
                continue;
            }
            (Some(secret), Shared::Secret) => probes.secret(secret).await,
            (Some(token), Shared::Token) => probes.token(token).await,
        };
        sheet.add(shared(of, &asked, unsigned.status))?;
        answers.push(asked);
    }
    let is_forbidden = |asked: &Asked| asked.as_ref().is_ok_and(|answered| answered.status == 403);
    if answers.iter().all(is_forbidden) {
        let message = "403 to all of these: it admits systeme.io's addresses only";
        sheet.add(
            Check::warn("gate", "address_gate", message)
                .hint("run this from there, or past the gate with `--resolve ADDRESS`"),
        )?;
    }
    let large = probes.large().await;
    sheet.add(time(probes.slowest()))?;
    sheet.add(size(&large))
}

fn redirected(answered: &Answered) -> Check {
    let is_location = |(name, _): &&(String, String)| name.eq_ignore_ascii_case("location");
    let location = answered.headers.iter().find(is_location);
    let location = location.map_or("", |(_, value)| value);
    // What follows may hold a token.
    let location = location.split(['?', '#']).next().unwrap_or_default();
    let to = match location {
        "" => String::new(),
        location => format!(" to {}", Shown::value(location)),
    };
    let message = format!(
        "{}{to}: the body is lost, and a GET arrives",
        answered.status
    );
    Check::fail("redirect", "redirected", message)
        .hint("write the URL to which it leads into systeme.io")
}

/// Whether the receiver takes a POST, and who answers a GET.
fn method(post: &Answered, get: &Asked) -> Check {
    let who = |answered: &Answered| {
        if reply::outcome(&answered.body).is_some() {
            "the receiver"
        } else {
            "a router or a proxy"
        }
    };
    if matches!(post.status, 404 | 405 | 501) {
        let message = format!("POST answers {}, from {}", post.status, who(post));
        return Check::fail("method", "not_found", message).hint("is the path right?");
    }
    let get = match get {
        Ok(get) => get,
        Err(failure) => return Check::warn("method", failure.code, &*failure.message),
    };
    let message = format!("GET answers {}", get.status);
    match get.status {
        404 | 405 => Check::ok("method", format!("{message}, from {}", who(get))),
        200..300 => Check::warn("method", "get_accepted", message)
            .hint("a redirected delivery would be lost without an error: answer 405"),
        _ => Check::ok("method", message),
    }
}

/// What must be refused.
struct Forbidden {
    name: &'static str,
    code: &'static str,
    /// What a receiver does that accepts it.
    takes: &'static str,
    hint: &'static str,
}

const UNSIGNED: Forbidden = Forbidden {
    name: "unsigned",
    code: "unsigned_accepted",
    takes: "it takes what is not signed",
    hint: "any caller who knows the URL can make sales: compare the signature of the body first",
};

const FORGED: Forbidden = Forbidden {
    name: "forged",
    code: "forged_accepted",
    takes: "it takes any signature",
    hint: "compare it with the HMAC-SHA256 of the bytes of the body",
};

fn refused(of: &Forbidden, asked: &Asked) -> Check {
    let status = match asked {
        Ok(answered) => answered.status,
        Err(failure) => return Check::unanswered(of.name, failure),
    };
    match status {
        _ if is_refusal(status) => Check::ok(of.name, format!("refused ({status})")),
        200..300 => Check::fail(
            of.name,
            of.code,
            format!("accepted ({status}): {}", of.takes),
        )
        .hint(of.hint),
        500.. => Check::warn(of.name, "not_refused", format!("failed ({status})"))
            .hint("systeme.io would try again: a forged request is refused with 401"),
        _ => Check::skip(of.name, format!("can't tell ({status})")),
    }
}

/// What both sides know.
struct Known {
    shared: Shared,
    code: &'static str,
    hint: &'static str,
}

const SECRET: Known = Known {
    shared: Shared::Secret,
    code: "secret_wrong",
    hint: "compare the two first; `siohook verify` tells what systeme.io signs with",
};

const TOKEN: Known = Known {
    shared: Shared::Token,
    code: "token_wrong",
    hint: "compare the two first; in systeme.io, it is in the URL of the automation",
};

/// Judges an answer to what the secret or the token protects, beside the one without it.
fn shared(of: &Known, asked: &Asked, without: u16) -> Check {
    let name = of.shared.name();
    let answered = match asked {
        Ok(answered) => answered,
        Err(failure) => return Check::unanswered(name, failure),
    };
    let Answered { status, body, .. } = answered;
    let is_siohook = reply::outcome(body).is_some();
    match status {
        401 if is_siohook => {
            let message = format!("refused (401): this is not the {name} that the receiver has");
            Check::fail(name, of.code, message).hint(of.hint)
        }
        // The body was read, since it is wrong.
        400 if is_siohook || matches!(without, 401 | 403) => {
            Check::ok(name, format!("the receiver has it ({status})"))
        }
        _ => {
            let message = format!("can't tell: {status} with the {name}, {without} without it");
            Check::skip(name, message)
        }
    }
}

fn is_refusal(status: u16) -> bool {
    matches!(status, 400 | 401 | 403 | 413 | 422)
}

fn time(slowest: Duration) -> Check {
    let message = match slowest.as_millis() {
        millis @ 0..1000 => format!("{millis} ms at most"),
        millis => format!("{}.{} s at most", millis / 1000, millis % 1000 / 100),
    };
    if slowest > SLOW {
        Check::warn("time", "slow", message)
            .hint("answer first and work later: systeme.io tries again what takes too long")
    } else {
        Check::ok("time", message)
    }
}

/// Judges the answer to a large body that is unsigned.
fn size(asked: &Asked) -> Check {
    match asked {
        Ok(answered) if is_refusal(answered.status) => {
            Check::ok("size", format!("64 KiB refused ({})", answered.status))
        }
        Ok(answered) => Check::skip(
            "size",
            format!("can't tell ({} to 64 KiB)", answered.status),
        ),
        // Many servers close the connection instead of reading what they refuse.
        Err(failure) if failure.code == "receiver_broke_off" => Check::skip(
            "size",
            "can't tell: the connection ended before 64 KiB were read",
        ),
        Err(failure) => {
            let message = format!("64 KiB: {}", failure.message);
            Check::warn("size", "size", message).hint("a sale with many lines may be as large")
        }
    }
}
