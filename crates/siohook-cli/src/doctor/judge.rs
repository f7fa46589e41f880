//! What the answers of a receiver say.

use std::time::Duration;

use siohook_events::Shown;

use super::check::{Check, Sheet};
use super::probe::{Asked, BROKE_OFF, Probes};
use super::trust::{FORGED, Gate, Known, SECRET, TOKEN, UNSIGNED, refused, shared};
use crate::Failure;
use crate::receiver::Answered;
use crate::reply;

/// A slower receiver is warned of.
const SLOW: Duration = Duration::from_secs(5);

/// What follows the first answer.
const REST: [&str; 6] = ["method", "unsigned", "forged", "secret", "token", "size"];

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
    // Where a gate refuses whatever comes from here, no answer tells what is checked behind it. So
    // all are there before one is judged.
    let unsigned = Ok(unsigned);
    let forged = probes.forged().await;
    let with_secret = match secret {
        Some(secret) => Known::Sent(probes.secret(secret).await),
        None => Known::Not("not given"),
    };
    let (with_token, other_token) = match token {
        Some(_) if is_in_clear => (Known::Not("not sent: plain HTTP"), None),
        Some(token) => {
            let other = probes.other_token().await;
            (Known::Sent(probes.token(token).await), Some(other))
        }
        None => (Known::Not("not given"), None),
    };
    let gate = Gate::of(&unsigned, &forged, [&with_secret, &with_token]);
    sheet.add(refused(&UNSIGNED, &unsigned, gate))?;
    sheet.add(refused(&FORGED, &forged, gate))?;
    sheet.add(shared(&SECRET, &with_secret, &forged))?;
    sheet.add(shared(
        &TOKEN,
        &with_token,
        other_token.as_ref().unwrap_or(&unsigned),
    ))?;
    if let Some(gate) = gate {
        sheet.add(gate.check())?;
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
        Ok(answered) if matches!(answered.status, 400 | 401 | 403 | 413 | 422) => {
            Check::ok("size", format!("64 KiB refused ({})", answered.status))
        }
        Ok(answered) => Check::skip(
            "size",
            format!("can't tell ({} to 64 KiB)", answered.status),
        ),
        // Many servers close the connection instead of reading what they refuse.
        Err(failure) if failure.code == BROKE_OFF => Check::skip(
            "size",
            "can't tell: the connection ended before 64 KiB were read",
        ),
        Err(failure) => {
            let message = format!("64 KiB: {}", failure.message);
            Check::warn("size", "size", message).hint("a sale with many lines may be as large")
        }
    }
}
