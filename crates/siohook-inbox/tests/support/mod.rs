//! Files of SQLite.

use std::sync::atomic::{AtomicU64, Ordering};

use siohook_inbox::conformance::Subject;
use siohook_inbox::{Inbox, InboxBuilder};
use tempfile::TempDir;

/// A folder on a disk. The tests may run in a container's layer.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

/// Gives a new file of SQLite each time.
pub(crate) fn sqlite(folder: &TempDir) -> impl Fn() -> InboxBuilder + Send + Sync + use<> {
    let (folder, number) = (folder.path().to_owned(), AtomicU64::new(0));
    move || {
        let number = number.fetch_add(1, Ordering::Relaxed);
        Inbox::sqlite(folder.join(format!("{number}.db"))).accept_volatile()
    }
}

/// A subject with files in the folder.
pub(crate) fn subject(name: &str, folder: &TempDir) -> Subject {
    shared(Subject::new(name, sqlite(folder)))
}

/// Keeps a subject to one process if the linked SQLite does.
pub(crate) fn shared(subject: Subject) -> Subject {
    if is_shared() {
        subject
    } else {
        subject.for_one_process()
    }
}

/// Whether several connections can open a file.
pub(crate) fn is_shared() -> bool {
    rusqlite::version_number() >= 3_051_003
}
