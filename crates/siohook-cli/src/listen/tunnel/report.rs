//! What a test of the tunnel found.

use serde::Serialize;

/// The findings of a test.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(in crate::listen) struct Report {
    pub(super) url: String,
    /// Whether nothing is wrong.
    pub(in crate::listen) ok: bool,
    /// What is wrong.
    pub(in crate::listen) faults: Vec<String>,
    /// Headers that were not sent.
    pub(in crate::listen) adds: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::listen) elapsed_ms: Option<u64>,
}

impl Report {
    /// `tunnel ok: bytes unchanged, adds X-Forwarded-For and CF-Ray, 41 ms`
    pub(in crate::listen) fn line(&self) -> String {
        if !self.ok {
            return format!("tunnel fails: {}", self.faults.join("; "));
        }
        let adds = match &*self.adds {
            [] => String::new(),
            [one] => format!(", adds {one}"),
            [some @ .., last] => format!(", adds {} and {last}", some.join(", ")),
        };
        let ms = self.elapsed_ms.map(|ms| format!(", {ms} ms"));
        format!("tunnel ok: bytes unchanged{adds}{}", ms.unwrap_or_default())
    }
}
