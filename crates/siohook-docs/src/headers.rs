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
    meaning: "Name of the event. Nothing in the body says it, and it is not signed.",
    example: None,
};

pub(crate) const SIGNATURE: Header = Header {
    name: headers::SIGNATURE,
    meaning: "HMAC-SHA256 of the body as it came, as lower-case hex without a prefix. The key is the webhook's secret as UTF-8. Only the body is signed.",
    example: None,
};

/// Headers other than the name of the event and the signature.
pub(crate) const OTHERS: [Header; 6] = [
    Header {
        name: headers::MESSAGE_ID,
        meaning: "Message id, a UUIDv7: the same on every attempt. Not signed.",
        example: Some("01a0e6f0-4c11-7d20-9f3e-5b1c2a7d9e01"),
    },
    Header {
        name: headers::EVENT_TIMESTAMP,
        meaning: "Time of the event: the same on every attempt. Not signed.",
        example: Some("2026-09-28T07:41:13+00:00"),
    },
    Header {
        name: headers::ATTEMPT_ID,
        meaning: "Attempt id, a UUIDv7: new on each attempt.",
        example: Some("01a0e6f0-4f02-7a11-8c44-0d9b6a5e3f77"),
    },
    Header {
        name: headers::ATTEMPT_TIMESTAMP,
        meaning: "Time of the attempt.",
        example: Some("2026-09-28T07:41:14+00:00"),
    },
    Header {
        name: headers::SUBSCRIPTION_ID,
        meaning: "Id of the webhook's subscription to the event, a UUIDv7.",
        example: Some("01a0e461-0000-7b5b-b3cb-4b3aceac6b6c"),
    },
    Header {
        name: headers::SCHEMA_VERSION,
        meaning: "Schema version of the body: 1 for contacts, 2 for sales.",
        example: Some("2"),
    },
];

impl Header {
    /// Returns the name as systeme.io's documentation writes it: `X-Webhook-Event`.
    pub(crate) fn name(&self) -> String {
        let words = self.name.split('-').map(|word| {
            let (initial, rest) = word.split_at(1);
            initial.to_uppercase() + rest
        });
        words.collect::<Vec<_>>().join("-")
    }
}
