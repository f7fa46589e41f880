//! A file of SQLite as the store, and the settings that only it has.

use std::path::PathBuf;

use super::{Inbox, InboxBuilder, Place};
use crate::store::{SqliteSettings, SqliteStore, Store};
use crate::{InboxError, observe};

impl Inbox {
    /// Stores deliveries in a file of SQLite. It is created, readable and writable by its owner
    /// only, unless it exists.
    ///
    /// Put the file on a disk that survives the machine's restart: an inbox on a file system in
    /// memory, on a container's own layer or on a network is refused. Several processes of one
    /// machine may open the file.
    ///
    /// ```
    /// use siohook_inbox::Inbox;
    ///
    /// let builder = Inbox::sqlite("/var/lib/shop/inbox.db");
    /// # let _ = builder;
    /// ```
    pub fn sqlite(path: impl Into<PathBuf>) -> InboxBuilder {
        let path = path.into();
        // A URL may hold a password, which is not shown as a path is.
        let is_url = path.to_string_lossy().contains("://");
        let path = if is_url { PathBuf::new() } else { path };
        InboxBuilder::new(Place::Sqlite(SqliteSettings::new(path)))
    }
}

/// Settings of [`Inbox::sqlite`].
impl InboxBuilder {
    /// Opens the file of SQLite without looking for damage after a process was killed.
    ///
    /// The check takes at most 2 seconds, and goes on in the background after that.
    ///
    /// ```
    /// use siohook_inbox::Inbox;
    ///
    /// let builder = Inbox::sqlite("inbox.db").skip_check();
    /// # let _ = builder;
    /// ```
    pub fn skip_check(self) -> Self {
        self.with_sqlite(|sqlite| sqlite.skip_check = true)
    }

    fn with_sqlite(mut self, change: impl FnOnce(&mut SqliteSettings)) -> Self {
        #[allow(irrefutable_let_patterns, reason = "it may be the only store")]
        if let Place::Sqlite(sqlite) = &mut self.place {
            change(sqlite);
        }
        self
    }
}

/// Opens the file, and tells what there is to tell of it.
pub(super) fn open(
    settings: SqliteSettings,
    handlers: Vec<&'static str>,
) -> Result<Box<dyn Store>, InboxError> {
    let store = SqliteStore::open(SqliteSettings {
        handlers,
        ..settings
    });
    let store = store.map_err(|error| InboxError::store(&error))?;
    for warning in &store.warnings {
        observe::warning(warning);
    }
    Ok(Box::new(store))
}
