//! The headers of an account webhook.

use siohook_events::headers;

pub(crate) struct Header {
    /// In lower case.
    name: &'static str,
    pub(crate) meaning: &'static str,
    pub(crate) example: Option<&'static str>,
}

pub(crate) const EVENT: Header = Header {
    name: headers::EVENT,
    meaning: "The name of the event. Nothing in the body says it, and it is not signed.",
    example: None,
};

pub(crate) const SIGNATURE: Header = Header {
    name: headers::SIGNATURE,
    meaning: "Hex of HMAC-SHA256 over the body as it came, keyed with the webhook's secret as UTF-8. Lower case, without a prefix. Nothing but the body is signed.",
    example: None,
};

/// All but the name of the event and the signature.
pub(crate) const OTHERS: [Header; 6] = [
    Header {
        name: headers::MESSAGE_ID,
        meaning: "The message, a UUIDv7: the same on every attempt. Not signed.",
        example: Some("01a0e6f0-4c11-7d20-9f3e-5b1c2a7d9e01"),
    },
    Header {
        name: headers::EVENT_TIMESTAMP,
        meaning: "When it happened: the same on every attempt. Not signed.",
        example: Some("2026-09-28T07:41:13+00:00"),
    },
    Header {
        name: headers::ATTEMPT_ID,
        meaning: "The attempt, a UUIDv7: another on each one.",
        example: Some("01a0e6f0-4f02-7a11-8c44-0d9b6a5e3f77"),
    },
    Header {
        name: headers::ATTEMPT_TIMESTAMP,
        meaning: "When the attempt was made.",
        example: Some("2026-09-28T07:41:14+00:00"),
    },
    Header {
        name: headers::SUBSCRIPTION_ID,
        meaning: "The subscription of the webhook to the event, a UUIDv7.",
        example: Some("01a0e461-0000-7b5b-b3cb-4b3aceac6b6c"),
    },
    Header {
        name: headers::SCHEMA_VERSION,
        meaning: "The version of the body: 1 of contacts, 2 of sales.",
        example: Some("2"),
    },
];

impl Header {
    /// The name as systeme.io's documentation writes it: `X-Webhook-Event`.
    pub(crate) fn name(&self) -> String {
        let words = self.name.split('-').map(|word| {
            let (initial, rest) = word.split_at(1);
            initial.to_uppercase() + rest
        });
        words.collect::<Vec<_>>().join("-")
    }
}
