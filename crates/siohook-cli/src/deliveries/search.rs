//! A text in a delivery.

use siohook_events::php_json;
use siohook_sender::Capture;

/// A text as it is, and as PHP spells it in JSON, in any case.
pub(crate) struct Search([Vec<u8>; 2]);

impl Search {
    pub(crate) fn new(text: &str) -> Self {
        let plain = text.to_ascii_lowercase();
        let json = serde_json::to_vec(text).ok().and_then(|json| {
            let json = php_json::normalize(&json)?.to_ascii_lowercase();
            Some(json.get(1..json.len() - 1)?.to_vec())
        });
        let plain = plain.into_bytes();
        Self([json.unwrap_or_else(|| plain.clone()), plain])
    }

    /// Whether head or body of a delivery have it.
    pub(crate) fn fits(&self, capture: &Capture) -> bool {
        [capture.head(), capture.body()].into_iter().any(|part| {
            let part = part.to_ascii_lowercase();
            let has = |needle: &Vec<u8>| {
                needle.is_empty() || part.windows(needle.len()).any(|window| window == needle)
            };
            self.0.iter().any(has)
        })
    }
}
