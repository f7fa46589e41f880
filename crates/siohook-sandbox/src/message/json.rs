//! The JSON of a message.

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use siohook_events::{Mechanism, Timestamp};
use siohook_sender::Request;

use super::{Attempt, Message, Status};
use crate::{ChaosHit, Source};

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shown<'a> {
            id: &'a str,
            mechanism: Mechanism,
            event: &'a str,
            status: Status,
            #[serde(flatten)]
            source: ShownSource<'a>,
            contact: Option<u64>,
            occurred_at: Timestamp,
            next_attempt_at: Option<Timestamp>,
            request: Option<ShownRequest>,
            attempts: &'a [Attempt],
            chaos: &'a [ChaosHit],
        }
        let shown = Shown {
            id: &self.id,
            mechanism: self.mechanism(),
            event: self.event(),
            status: self.status,
            source: ShownSource::of(self.source()),
            contact: self.contact(),
            occurred_at: self.occurred_at,
            next_attempt_at: self.next_attempt_at,
            request: self.request().as_ref().map(ShownRequest::of),
            attempts: &self.attempts,
            chaos: &self.chaos,
        };
        shown.serialize(serializer)
    }
}

/// The ids of a source, each `null` if it is that of another kind.
#[derive(Default, Serialize)]
pub(crate) struct ShownSource<'a> {
    webhook: Option<&'a str>,
    subscription: Option<&'a str>,
    rule: Option<u64>,
    workflow: Option<u64>,
}

impl<'a> ShownSource<'a> {
    pub(crate) fn of(source: &'a Source) -> Self {
        match source {
            Source::Webhook {
                webhook,
                subscription,
            } => Self {
                webhook: Some(webhook),
                subscription: Some(subscription),
                ..Self::default()
            },
            Source::Rule { rule, .. } => Self {
                rule: Some(*rule),
                ..Self::default()
            },
            Source::Workflow { workflow, .. } => Self {
                workflow: Some(*workflow),
                ..Self::default()
            },
            Source::Direct { .. } => Self::default(),
        }
    }
}

/// A request in JSON. A body that is not UTF-8 is shown with replacement characters.
#[derive(Serialize)]
pub(crate) struct ShownRequest {
    method: &'static str,
    url: String,
    headers: Vec<(String, String)>,
    body: String,
    sha256: String,
}

impl ShownRequest {
    pub(crate) fn of(request: &Request) -> Self {
        Self {
            method: request.method(),
            url: request.url(),
            headers: request.headers().to_vec(),
            body: String::from_utf8_lossy(request.body()).into_owned(),
            sha256: hex::encode(Sha256::digest(request.body())),
        }
    }
}
