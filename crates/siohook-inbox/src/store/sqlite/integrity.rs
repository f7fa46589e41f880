//! Looks for damage after a process ended in the middle of its work.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use siohook_events::Shown;

use super::{connection, errors};
use crate::store::{Result, StoreError, StoreErrorKind};

/// The first damage that was found. Its clones are one.
#[derive(Clone, Debug, Default)]
pub(super) struct Damage(Arc<OnceLock<StoreError>>);

impl Damage {
    pub(super) fn check(&self) -> Result<()> {
        self.0.get().cloned().map_or(Ok(()), Err)
    }

    /// Remembers an error if it means damage.
    pub(super) fn note(&self, error: &StoreError) {
        if error.kind == StoreErrorKind::Damaged {
            let _ = self.0.set(error.clone());
        }
    }
}

/// Whether a check got to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Checked {
    Sound,
    /// Its time was over before.
    Partly,
}

/// Checks the file for at most as long as `limit`. Damage is an error.
pub(super) fn check(connection: &mut Connection, path: &Path, limit: Duration) -> Result<Checked> {
    let started = Instant::now();
    quick_check(connection, path, move || started.elapsed() >= limit)
}

/// What to tell the user if the check did not get to its end.
pub(super) fn partly_warning(path: &Path, limit: Duration, is_exclusive: bool) -> String {
    let then = if is_exclusive {
        "the rest was not checked; run `PRAGMA quick_check` while the program is stopped"
    } else {
        "the rest is checked now, while the inbox is used"
    };
    format!(
        "a process ended without closing {}, and {limit:?} were not enough to check the file: \
         {then}",
        errors::shown(path)
    )
}

/// A check that goes on while the store is used. It ends when it is dropped.
#[derive(Debug)]
pub(super) struct Background {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Background {
    /// Starts the check from the beginning. What it finds is noted in `damage`.
    pub(super) fn start(path: PathBuf, damage: Damage) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let is_stopped = Arc::clone(&stop);
        let check = move || {
            let checked = connection::reader(&path)
                .map_err(|error| errors::store_error(&path, &error))
                .and_then(|mut connection| {
                    quick_check(&mut connection, &path, move || {
                        is_stopped.load(Ordering::Relaxed)
                    })
                });
            if let Err(error) = checked {
                damage.note(&error);
            }
        };
        let thread = thread::Builder::new().name("siohook-inbox-check".to_owned());
        Self {
            stop,
            // Without a thread, the file stays unchecked. Damage shows when it is met.
            thread: thread.spawn(check).ok(),
        }
    }

    #[cfg(test)]
    pub(super) fn wait(&mut self) {
        self.thread
            .take()
            .expect("the check was started")
            .join()
            .expect("it does not panic");
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Looks for damage until `is_over`.
pub(super) fn quick_check(
    connection: &mut Connection,
    path: &Path,
    is_over: impl FnMut() -> bool + Send + std::panic::RefUnwindSafe + 'static,
) -> Result<Checked> {
    // Since which version it returns a result depends on rusqlite.
    let _ = connection.progress_handler(100, Some(is_over));
    let found = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    let _ = connection.progress_handler(0, None::<fn() -> bool>);
    match found {
        Ok(found) if found == "ok" => Ok(Checked::Sound),
        Ok(found) => Err(StoreError::new(
            StoreErrorKind::Damaged,
            format!(
                "{} {} ({})",
                errors::shown(path),
                errors::DAMAGED,
                Shown::text(found.trim())
            ),
        )),
        Err(error) if errors::is_interrupt(&error) => Ok(Checked::Partly),
        Err(error) => Err(errors::store_error(path, &error)),
    }
}
