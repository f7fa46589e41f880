//! What is around a payload on the wire, for documents.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use siohook_events::Mechanism;

use super::{Description, Event};

/// A header of an account webhook.
pub(super) struct Header {
    pub(super) name: &'static str,
    pub(super) meaning: &'static str,
    pub(super) example: &'static str,
}

pub(super) const EVENT: &str = "X-Webhook-Event";
pub(super) const SIGNATURE: &str = "X-Webhook-Signature";

/// All but the signature and the name of the event.
pub(super) const HEADERS: &[Header] = &[
    Header {
        name: "X-Webhook-Message-Id",
        meaning: "The message, a UUIDv7: the same on every attempt. Not signed.",
        example: "01a0e6f0-4c11-7d20-9f3e-5b1c2a7d9e01",
    },
    Header {
        name: "X-Webhook-Event-Timestamp",
        meaning: "When it happened: the same on every attempt. Not signed.",
        example: "2026-09-28T07:41:13+00:00",
    },
    Header {
        name: "X-Webhook-Delivery-Attempt-Id",
        meaning: "The attempt, a UUIDv7: another on each one.",
        example: "01a0e6f0-4f02-7a11-8c44-0d9b6a5e3f77",
    },
    Header {
        name: "X-Webhook-Delivery-Attempt-Timestamp",
        meaning: "When the attempt was made.",
        example: "2026-09-28T07:41:14+00:00",
    },
    Header {
        name: "X-Webhook-Subscription-Id",
        meaning: "The subscription of the webhook to the event, a UUIDv7.",
        example: "01a0e461-0000-7b5b-b3cb-4b3aceac6b6c",
    },
    Header {
        name: "X-Webhook-Schema-Version",
        meaning: "The version of the body: 1 of contacts, 2 of sales.",
        example: "2",
    },
];

pub(super) const EVENT_MEANING: &str =
    "The name of the event. Nothing in the body says it, and it is not signed.";

pub(super) const SIGNATURE_MEANING: &str = "Hex of HMAC-SHA256 over the body as it came, keyed with the webhook's secret as UTF-8. Lower case, without a prefix. Nothing but the body is signed.";

pub(super) const TOKEN_MEANING: &str = "A token that the URL of the webhook ends in: `?token=…`. It is a secret: an automation is not signed.";

pub(super) const ACCOUNT: &str = "Account webhooks: set up in Settings > Webhooks or through the public API. The event is named in a header, and the body is signed.";

pub(super) const AUTOMATION: &str = "The action \"Send webhook\" of a rule or workflow. The event is named in the body, and nothing is signed.";

/// What is sent, and how it is to be read.
pub(super) const BODIES: &str = "Each delivery is a `POST` of JSON. Keys may be added at any time. Null and absent mean the same, a number may come in a string, and the fields of a person as `[]` when there are none. Money is in minor units of the currency: 583 is 5.83 EUR.";

pub(super) fn mechanism(mechanism: Mechanism) -> &'static str {
    match mechanism {
        Mechanism::Account => ACCOUNT,
        Mechanism::Automation => AUTOMATION,
    }
}

/// What deliveries of a mechanism are trusted by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Credential {
    Signature,
    Token,
    /// Source addresses, or nothing at all.
    NoneInTheRequest,
}

pub(super) fn credential(description: &Description, mechanism: Mechanism) -> Credential {
    let trust = description.trust.as_ref();
    match mechanism {
        _ if trust.is_some_and(|trust| trust.accepts_unverified) => Credential::NoneInTheRequest,
        Mechanism::Account => Credential::Signature,
        Mechanism::Automation if trust.is_some_and(|trust| trust.tokens == 0) => {
            Credential::NoneInTheRequest
        }
        Mechanism::Automation => Credential::Token,
    }
}

impl Credential {
    /// What documents call it.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Signature => Some("signature"),
            Self::Token => Some("token"),
            Self::NoneInTheRequest => None,
        }
    }

    /// What documents say of it, with the word that they have for such a scheme.
    pub(super) fn scheme(self, kind: &str) -> Option<(&'static str, Value)> {
        let (place, parameter, meaning) = match self {
            Self::Signature => ("header", SIGNATURE, SIGNATURE_MEANING),
            Self::Token => ("query", "token", TOKEN_MEANING),
            Self::NoneInTheRequest => return None,
        };
        let scheme = json!({
            "type": kind,
            "in": place,
            "name": parameter,
            "description": meaning,
        });
        Some((self.name()?, scheme))
    }
}

/// The events of a mechanism.
pub(super) fn events(description: &Description, mechanism: Mechanism) -> Vec<&Event> {
    let events = description.events.iter();
    events
        .filter(|event| event.likely_mechanism() == mechanism)
        .collect()
}

/// What to say of an event that the catalogue does not have.
pub(super) fn summary(event: &Event) -> &'static str {
    event
        .summary
        .unwrap_or("systeme.io has never published this event.")
}

/// What can be answered, by status: outcomes, each with its meaning.
pub(super) fn replies() -> BTreeMap<u16, Vec<(&'static str, &'static str)>> {
    let mut replies: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for reply in super::replies() {
        replies
            .entry(reply.status)
            .or_default()
            .push((reply.outcome, reply.meaning));
    }
    replies
}

/// What a `POST` can be answered.
pub(super) fn replies_to_post() -> BTreeMap<u16, Vec<(&'static str, &'static str)>> {
    let mut replies = replies();
    replies.remove(&405);
    replies
}

/// The body of an answer.
pub(super) fn reply_body(outcomes: &[(&str, &str)]) -> Value {
    let names: Vec<_> = outcomes.iter().map(|(name, _)| name).collect();
    json!({
        "type": "object",
        "properties": { "outcome": { "type": "string", "enum": names } },
        "required": ["outcome"],
    })
}

/// What an answer means, in one text.
pub(super) fn reply_meaning(outcomes: &[(&str, &str)]) -> String {
    match outcomes {
        [(_, meaning)] => (*meaning).to_owned(),
        several => {
            let lines = several
                .iter()
                .map(|(name, meaning)| format!("* `{name}`: {meaning}"));
            lines.collect::<Vec<_>>().join("\n")
        }
    }
}

/// An event's name as a key of a document, which takes letters, digits and `.-_`.
pub(super) fn key(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    name.chars()
        .map(|c| {
            if plain(c) {
                c.to_string()
            } else {
                format!("-u{:x}-", u32::from(c))
            }
        })
        .collect()
}
