use std::fmt;
use std::time::Duration;

use crate::store::Migrate;

/// How to open a store in PostgreSQL.
#[derive(Clone)]
pub(crate) struct PostgresSettings {
    /// A URL, or text of the form `key=value`. It may hold a password.
    pub(crate) url: String,
    /// The name of the schema of the tables.
    pub(crate) schema: String,
    /// Whether a connection may be another one of the server in each transaction.
    pub(crate) is_pooled: bool,
    /// Uses a server even if it can lose what was acknowledged.
    pub(crate) accept_volatile: bool,
    /// How long a process may be silent until others take its runs.
    pub(crate) lease: Duration,
    pub(crate) migrate: Migrate,
    /// The clock of the inbox is moved by hand, and counts instead of the server's.
    pub(crate) is_by_hand: bool,
    /// The ids of the handlers that this program links.
    pub(crate) handlers: Vec<&'static str>,
}

impl PostgresSettings {
    pub(crate) fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            schema: "siohook".to_owned(),
            is_pooled: false,
            accept_volatile: false,
            lease: Duration::from_secs(30),
            migrate: Migrate::Auto,
            is_by_hand: false,
            handlers: vec![],
        }
    }
}

/// Without the URL, which may hold a password where it can't be told from the rest.
impl fmt::Debug for PostgresSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresSettings")
            .field("schema", &self.schema)
            .field("is_pooled", &self.is_pooled)
            .field("accept_volatile", &self.accept_volatile)
            .field("lease", &self.lease)
            .field("migrate", &self.migrate)
            .field("handlers", &self.handlers)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_has_no_password_wherever_it_is() {
        for url in [
            "postgres://app:hunter2@db/shop",
            "postgres://db/hunter2?password=hunter2",
            "host=db password=hunter2",
            "hunter2",
        ] {
            let debug = format!("{:?}", PostgresSettings::new(url));
            assert!(!debug.contains("hunter2"), "{debug}");
            assert!(debug.contains("siohook"), "{debug}");
        }
    }
}
