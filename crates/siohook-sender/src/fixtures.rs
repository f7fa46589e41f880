//! The files of `fixtures/`, byte for byte as on the wire.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A file of `fixtures/`: the body of one variant of an event.
pub(crate) struct Fixture {
    pub(crate) event: &'static str,
    /// The part of the file's name after the event: `.page_model`.
    suffix: &'static str,
    pub(crate) body: &'static str,
}

impl Fixture {
    /// The name of the variant. It may be empty.
    pub(crate) fn variant(&self) -> &'static str {
        self.suffix.trim_start_matches('.')
    }
}

macro_rules! read {
    ($($part:expr),*) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/", $($part),*))
    };
}

macro_rules! define_fixtures {
    ($(
        $mechanism:ident $payload:ident $name:literal [$($unified:ident)?] {
            $members:tt [$($suffix:literal)*] $summary:literal
        }
    )*) => {
        /// All files, in the order of the catalogue. The first one of an event is its usual
        /// variant.
        pub(crate) const FIXTURES: &[Fixture] = &[$($(
            Fixture {
                event: $name,
                suffix: $suffix,
                body: read!(stringify!($mechanism), "/", $name, $suffix, ".json"),
            },
        )*)*];
    };
}
siohook_events::__for_each_event!(define_fixtures);

/// A header of the captured account webhook.
pub(crate) fn captured(header: &str) -> &'static str {
    static HEADERS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
        let headers = serde_json::from_str(read!("account-headers.json"));
        headers.expect("the file is a map of texts without escapes")
    });
    HEADERS[header]
}
