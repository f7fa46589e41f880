//! The headers that siohook reads, and their values.

use siohook_events::headers;

macro_rules! headers {
    (read { $($(#[$cfg:meta])? $header:ident = $name:expr;)* }
    noticed { $($noticed:ident = $shown:literal, any of [$($other:literal)*];)* }) => {
        /// A header that siohook reads, or notes without its value.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Header {
            $($(#[$cfg])? $header,)*
            $(#[doc = $shown] $noticed,)*
        }

        impl Header {
            const ALL: &[Self] = &[$($(#[$cfg])? Self::$header,)* $(Self::$noticed),*];
            #[cfg(test)]
            const NOTICED: &[(&str, Self)] = &[$($(($other, Self::$noticed),)*)*];

            /// The header with this name, in any case.
            pub(super) fn named(name: &str) -> Option<Self> {
                // Most servers give names in lower case.
                $($(#[$cfg])? if name == $name || name.eq_ignore_ascii_case($name) {
                    return Some(Self::$header);
                })*
                $($(if name.eq_ignore_ascii_case($other) {
                    return Some(Self::$noticed);
                })*)*
                None
            }

            /// The name in lower case, or a description if several names mean the same.
            pub(crate) fn name(self) -> &'static str {
                match self {
                    $($(#[$cfg])? Self::$header => $name,)*
                    $(Self::$noticed => $shown,)*
                }
            }

            /// Whether only the header's presence is kept.
            fn is_noticed(self) -> bool {
                matches!(self, $(Self::$noticed)|*)
            }
        }
    };
}

headers! {
    read {
        Event = headers::EVENT;
        Signature = headers::SIGNATURE;
        MessageId = headers::MESSAGE_ID;
        EventTimestamp = headers::EVENT_TIMESTAMP;
        AttemptId = headers::ATTEMPT_ID;
        SchemaVersion = headers::SCHEMA_VERSION;
        ForwardedFor = "x-forwarded-for";
        Forwarded = "forwarded";
        #[cfg(feature = "tracing")]
        SentryTrace = headers::SENTRY_TRACE;
        #[cfg(feature = "tracing")]
        Baggage = headers::BAGGAGE;
    }
    // Headers with which other providers sign. None of these names is as long as a header
    // that systeme.io sends and siohook does not read. So the length alone rules them out,
    // and a delivery pays nothing for them.
    noticed {
        OtherSignature = "another signature", any of [
            "signature"
            "x-signature"
            "x-signature-sha256"
            "x-signature-ed25519"
            "x-hub-signature-256"
            "x-systeme-signature"
            "x-systemeio-signature"
            "x-webhook-signature-256"
            "x-shopify-hmac-sha256"
            "stripe-signature"
            "webhook-signature"
        ];
        Secret = "a secret", any of ["x-webhook-secret" "x-systeme-secret" "x-secret"];
    }
}

/// Header lines in their order, encoded in one buffer. A line is the header as one byte,
/// the length of its value in native byte order, and the value.
#[derive(Default)]
pub(crate) struct Headers(Vec<u8>);

impl Headers {
    /// Appends a line. The value of a header that is only noted is dropped.
    pub(crate) fn push(&mut self, header: Header, value: &[u8]) {
        let value = if header.is_noticed() { b"" } else { value };
        if self.0.is_empty() {
            // Enough for the headers of an account webhook.
            self.0.reserve(384);
        }
        self.0.push(header as u8);
        self.0.extend_from_slice(&value.len().to_ne_bytes());
        self.0.extend_from_slice(value);
    }

    /// The headers that are present, each once.
    pub(super) fn present(&self) -> impl Iterator<Item = Header> {
        let all = Header::ALL.iter().copied();
        all.filter(|&header| self.has(header))
    }

    fn lines(&self) -> impl Iterator<Item = (Header, &[u8])> {
        let mut rest = &*self.0;
        std::iter::from_fn(move || {
            let (header, after) = rest.split_first()?;
            let (length, after) = after.split_first_chunk()?;
            let (value, after) = after.split_at_checked(usize::from_ne_bytes(*length))?;
            rest = after;
            Some((*Header::ALL.get(usize::from(*header))?, value))
        })
    }

    /// All values of a header in their order.
    pub(crate) fn all(&self, header: Header) -> impl Iterator<Item = &[u8]> {
        self.lines()
            .filter(move |(own, _)| *own == header)
            .map(|(_, value)| value)
    }

    pub(crate) fn has(&self, header: Header) -> bool {
        self.all(header).next().is_some()
    }

    /// The first value of a header, trimmed.
    pub(crate) fn first(&self, header: Header) -> Option<&[u8]> {
        self.all(header).next().map(<[u8]>::trim_ascii)
    }

    /// The first value of a header, trimmed. `None` if it is empty.
    pub(crate) fn filled(&self, header: Header) -> Option<&[u8]> {
        self.first(header).filter(|value| !value.is_empty())
    }

    /// The first value of a header, trimmed. `None` if it is empty or not UTF-8.
    pub(crate) fn text(&self, header: Header) -> Option<&str> {
        std::str::from_utf8(self.filled(header)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::request::Incoming;

    #[test]
    fn names_are_case_insensitive_and_values_keep_their_order() {
        let incoming = Incoming::post("")
            .header("X-Forwarded-For", "1")
            .header("x-WEBHOOK-event", " x ")
            .header("accept", "y")
            .header("x-forwarded-for", [0xff, 0xfe]);
        let headers = incoming.head.headers;
        assert_eq!(
            headers.all(Header::ForwardedFor).collect::<Vec<_>>(),
            [&b"1"[..], &[0xff, 0xfe]]
        );
        assert_eq!(headers.text(Header::Event), Some("x"));
        assert_eq!(headers.first(Header::Signature), None);
    }

    #[test]
    fn signature_headers_of_other_providers_are_noted_without_their_values() {
        for (name, header) in Header::NOTICED {
            for name in [name.to_string(), name.to_uppercase()] {
                let headers = Incoming::post("").header(name, "value").head.headers;
                assert!(headers.lines().eq([(*header, &b""[..])]));
            }
        }
    }

    /// A header of systeme.io that siohook does not read is not compared with any of them.
    #[test]
    fn names_of_noted_headers_differ_in_length_from_those_of_systeme_io() {
        let file = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../fixtures/account-headers.json"
        );
        let json = std::fs::read(file).unwrap();
        let account: BTreeMap<String, String> = serde_json::from_slice(&json).unwrap();
        let others = [
            "content-length",
            "host",
            "accept-charset",
            "accept-language",
        ];
        let names: Vec<_> = account.keys().map(|it| &**it).chain(others).collect();
        assert!(names.len() > 10);
        for name in names.iter().filter(|name| Header::named(name).is_none()) {
            let mut noticed = Header::NOTICED.iter();
            assert!(noticed.all(|(it, _)| it.len() != name.len()), "{name}");
        }
    }
}
