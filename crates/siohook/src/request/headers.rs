//! The headers that siohook reads, and their values.

use siohook_events::headers;

macro_rules! headers {
    ($($(#[$cfg:meta])? $header:ident = $name:expr;)*) => {
        /// A header that means something.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Header {
            $($(#[$cfg])? $header,)*
        }

        impl Header {
            const ALL: &[Self] = &[$($(#[$cfg])? Self::$header),*];

            pub(super) fn named(name: &str) -> Option<Self> {
                // Most servers give names in lower case.
                $($(#[$cfg])? if name == $name || name.eq_ignore_ascii_case($name) {
                    return Some(Self::$header);
                })*
                None
            }

            pub(crate) fn name(self) -> &'static str {
                match self { $($(#[$cfg])? Self::$header => $name,)* }
            }
        }
    };
}

headers! {
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

/// Header lines in their order, all in one buffer: which header it is, how many
/// bytes its value has, and these.
#[derive(Default)]
pub(crate) struct Headers(Vec<u8>);

impl Headers {
    pub(super) fn push(&mut self, header: Header, value: &[u8]) {
        if self.0.is_empty() {
            // Enough for what an account webhook has.
            self.0.reserve(384);
        }
        let mut start = [header as u8; 9];
        start[1..].copy_from_slice(&(value.len() as u64).to_ne_bytes());
        self.0.extend_from_slice(&start);
        self.0.extend_from_slice(value);
    }

    /// The headers that there are, each once.
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

    /// The first value of a header, without white space around it.
    pub(crate) fn first(&self, header: Header) -> Option<&[u8]> {
        self.all(header).next().map(<[u8]>::trim_ascii)
    }

    /// The same, unless it is empty.
    pub(crate) fn filled(&self, header: Header) -> Option<&[u8]> {
        self.first(header).filter(|value| !value.is_empty())
    }

    /// The same, if it is text.
    pub(crate) fn text(&self, header: Header) -> Option<&str> {
        std::str::from_utf8(self.filled(header)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Incoming;

    #[test]
    fn headers_are_found_in_any_case_and_in_order() {
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
}
