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

/// An operator shares the connection of its inbox, where the file allows no other.
#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::atomic::{AtomicU32, Ordering};

    use siohook::Dispatcher;
    use siohook::testing::block_on;
    use tempfile::TempDir;

    use super::*;
    use crate::Operator;
    use crate::conformance::{Section, Subject, cases, check};

    fn exclusive(path: &Path) -> InboxBuilder {
        Inbox::sqlite(path)
            .accept_volatile()
            .with_sqlite(|sqlite| sqlite.exclusive = Some(true))
    }

    #[test]
    fn an_exclusive_file_keeps_its_promises() {
        let (folder, number) = (TempDir::new().unwrap(), AtomicU32::new(0));
        let subject = Subject::new("exclusive", move || {
            let number = number.fetch_add(1, Ordering::Relaxed);
            exclusive(&folder.path().join(format!("{number}.db")))
        });
        let subject = subject.for_one_process();
        let mut of_operator = cases()
            .iter()
            .filter(|case| case.section() == Section::Operator);
        assert!(of_operator.all(|case| case.skipped(&subject).is_none()));
        let report = check(&subject);
        assert!(report.is_ok(), "{report}");
    }

    #[test]
    fn only_the_operator_of_the_inbox_has_its_connection() {
        let folder = TempDir::new().unwrap();
        let builder = exclusive(&folder.path().join("inbox.db"));
        let dispatcher = Dispatcher::builder()
            .accept_unverified()
            .allow_no_handlers()
            .select(|_| false)
            .build()
            .unwrap();
        let inbox = block_on(builder.clone().open(&dispatcher)).unwrap();
        let count =
            |operator: &Operator| block_on(operator.deliveries().list(9)).map(|it| it.len());
        assert_eq!(count(&inbox).unwrap(), 0);
        let copy = folder.path().join("copy.db");
        for refused in [
            block_on(builder.clone().operator()).map(drop),
            block_on(builder.clone().open(&dispatcher)).map(drop),
            block_on(inbox.backup(&copy)),
        ] {
            let text = refused.unwrap_err().to_string();
            assert!(text.contains("stop the program that has it open"), "{text}");
        }
        // Its operator may outlive it, and has the file for itself then.
        let operator = Operator::clone(&inbox);
        assert_eq!(count(&operator).unwrap(), 0);
        drop(inbox);
        assert_eq!(count(&operator).unwrap(), 0);
        block_on(operator.backup(&copy)).unwrap();
        drop(operator);
        block_on(builder.open(&dispatcher)).unwrap();
    }
}
