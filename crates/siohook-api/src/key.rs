use std::fmt;

use http::HeaderValue;
use siohook_events::Shown;

/// The mark in place of a key.
const HIDDEN: &str = "[API key]";

/// A key of the public API. It is never shown.
pub(crate) struct Key {
    text: String,
    header: HeaderValue,
}

impl Key {
    /// `None` if a header can't hold it.
    pub(crate) fn new(text: String) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        let mut header = HeaderValue::from_str(&text).ok()?;
        // hyper leaves such values out of its logs.
        header.set_sensitive(true);
        Some(Self { text, header })
    }

    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// Makes a text from outside safe to print. A server may repeat the key in what it answers.
    pub(crate) fn shown(&self, text: impl fmt::Display) -> String {
        Shown::text(self.hidden_in(&text.to_string())).to_string()
    }

    /// Returns a text from outside without the key.
    pub(crate) fn hidden_in(&self, text: &str) -> String {
        text.replace(&self.text, HIDDEN)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}
