//! The files of `fixtures/`, as they are on the wire.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A body of `fixtures/`: one variant of an event.
pub(crate) struct Fixture {
    pub(crate) event: &'static str,
    /// What follows the name of the event in the name of the file: `.page_model`.
    suffix: &'static str,
    pub(crate) body: &'static str,
}

impl Fixture {
    /// Empty if the variant has no name.
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
        /// In the order of the catalogue. The first of an event is its usual variant.
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

/// A header of the account webhook that was captured.
pub(crate) fn captured(header: &str) -> &'static str {
    static HEADERS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
        let headers = serde_json::from_str(read!("account-headers.json"));
        headers.expect("the file is a map of texts without escapes")
    });
    HEADERS[header]
}
