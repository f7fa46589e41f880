//! What receivers notice.

use super::Known::{Capture, Document, OneSource, Ours};
use super::{Fidelity, row};
use crate::client::answer::MAX_BODY;
use crate::schedule::shown;
use crate::sender::queue::AT_ONCE;
use crate::sender::work::HEAD_START;
use crate::{Client, Settings};

pub(super) fn behaviours() -> Vec<Fidelity> {
    [requests(), attempts()].concat()
}

#[rustfmt::skip]
fn requests() -> Vec<Fidelity> {
    vec![
        row(Capture, "Headers and their order", "Those of each mechanism"),
        row(Capture, "Spelling of JSON", "That of PHP: `\\/`, `\\u00e9`, `0.0`"),
        row(Document, "Signature of account webhooks", "HMAC-SHA256 of the body, in hex"),
        row(Capture, "Signature of automations", "None"),
        row(Capture, "Protocol of account webhooks", "HTTP/2 to `https` receivers that offer it"),
        row(Capture, "Protocol of automations", "HTTP/1.1"),
        row(Ours, "`sentry-trace` and `baggage`", "Left out").setting("--sentry-headers"),
        row(Ours, "Destinations", "This machine and private networks").setting("--allow"),
    ]
}

#[rustfmt::skip]
fn attempts() -> Vec<Fidelity> {
    let settings = Settings::default();
    let longest_gap = settings.retries.gap(settings.retries.attempts() - 1);
    vec![
        row(OneSource, "Retries of account webhooks", settings.retries.to_string()).setting("--retries"),
        row(Ours, "Longest gap before a retry", longest_gap.map_or_else(String::new, shown)),
        row(Ours, "Retries of automations", settings.automation_retries.to_string()).setting("--automation-retries"),
        row(Ours, "Gap before a retry", "It counts from the start of the attempt"),
        row(Document, "Retry", "The message id stays, the attempt id is new"),
        row(Ours, "Time-out of an attempt", shown(Client::TIMEOUT)).setting("--timeout"),
        row(Ours, "Statuses that count as delivered", settings.success.to_string()).setting("--success"),
        row(Ours, "Redirects", "They are not followed"),
        row(Document, "Reasons of a disabled subscription", "`USER_CANCELED` and `BAD_SUCCESS_RATE`"),
        row(Ours, "`BAD_SUCCESS_RATE`", settings.disable_below.to_string()).setting("--disable-below"),
        row(Ours, "Webhook that is edited", "The next attempt uses what it has then"),
        row(Ours, "Webhook that is deleted or inactive", "What waits is cancelled"),
        row(Ours, "Attempts to a receiver at once", AT_ONCE.to_string()),
        row(Ours, "Order of messages to a receiver", format!("Each begins when the one before has ended, or after {}", shown(HEAD_START))),
        row(Ours, "Answer that is kept", format!("{} KiB", MAX_BODY / 1024)),
        row(Ours, "Attempt under way when the sandbox is killed", "It is made again").setting("--data"),
        row(Ours, "Clock after a restart", "It goes on from the time that it showed, or that of the system if it moves by itself").setting("--now"),
        row(Ours, "Faults on purpose", "None, unless `/sandbox/v1/chaos` is set"),
        row(Ours, "Messages that are kept", settings.keep.to_string()).setting("--keep"),
    ]
}
