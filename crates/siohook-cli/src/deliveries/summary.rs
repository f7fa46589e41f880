//! What a list says of a delivery.

use std::collections::HashMap;
use std::net::IpAddr;

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use siohook_sender::{Capture, Mechanism};

use crate::store::Entry;

/// The members of a line of `--json`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Summary {
    pub(crate) id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) received_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mechanism: Option<&'static str>,
    pub(crate) event: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) attempt: Option<usize>,
    pub(crate) bytes: usize,
    sha256: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) peer: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
    /// `edited`, `masked`, `truncated`, `extra`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) marks: Vec<&'static str>,
}

/// Counts the attempts of each message. It sees the deliveries in their order.
#[derive(Debug, Default)]
pub(crate) struct Attempts(HashMap<String, usize>);

impl Attempts {
    pub(crate) fn next(&mut self, capture: &Capture) -> Option<usize> {
        self.next_of(capture.message_id())
    }

    /// The next attempt of the message with this id.
    pub(crate) fn next_of(&mut self, message: Option<&str>) -> Option<usize> {
        let count = self.0.entry(message?.to_owned()).or_default();
        *count += 1;
        Some(*count)
    }
}

impl Summary {
    pub(crate) fn new(capture: &Capture, entry: Option<&Entry>, attempt: Option<usize>) -> Self {
        let entry_time = entry.map(|entry| entry.time);
        let peer = capture.peer().map(|peer| peer.ip());
        let marks = [
            (capture.is_edited(), "edited"),
            (capture.is_masked(), "masked"),
            (capture.is_truncated(), "truncated"),
            (capture.extra() > 0, "extra"),
        ];
        let marks = marks.into_iter().filter(|(is_set, _)| *is_set);
        Self {
            id: entry.map(|entry| entry.id.clone()),
            received_at: received_at(capture)
                .or(entry_time)
                .map(|time| time.to_string()),
            mechanism: capture.mechanism().map(|mechanism| match mechanism {
                Mechanism::Account => "account",
                _ => "automation",
            }),
            event: capture.event(),
            message_id: capture.message_id().map(str::to_owned),
            attempt,
            bytes: capture.body().len(),
            sha256: Sha256::digest(capture.body())
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
            peer,
            client: client(capture, peer),
            file: entry.map(|entry| entry.path.display().to_string()),
            marks: marks.map(|(_, mark)| mark).collect(),
        }
    }
}

pub(crate) fn received_at(capture: &Capture) -> Option<Timestamp> {
    let time = std::time::SystemTime::from(capture.received_at()?);
    Timestamp::try_from(time).ok()
}

/// Who sent it, as the tunnel on this machine says.
fn client(capture: &Capture, peer: Option<IpAddr>) -> Option<IpAddr> {
    let peer = peer?;
    if !peer.is_loopback() {
        return Some(peer);
    }
    let forwarded = str::from_utf8(capture.header("x-forwarded-for")?).ok()?;
    forwarded.rsplit(',').next()?.trim().parse().ok()
}
