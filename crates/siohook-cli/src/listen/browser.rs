//! Opens the inspector in a browser.

use std::path::PathBuf;
use std::thread;

use tokio::sync::mpsc::UnboundedSender;

use super::log::Said;
use crate::Failure;
use crate::inspector::Inspector;
use crate::store::{Store, shown};

/// A page that leads to the inspector. The key is in this file, which is for its owner alone: other
/// users of the machine see the command lines of programs.
pub(super) struct Page(PathBuf);

impl Page {
    /// Writes the page into the folder of deliveries.
    pub(super) fn write(store: &Store, inspector: &Inspector) -> Result<Self, Failure> {
        let url = inspector.url();
        let page = format!(
            "<!doctype html>\n<meta charset=\"utf-8\">\n<title>siohook</title>\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <meta http-equiv=\"refresh\" content=\"0; url={url}\">\n\
             <a href=\"{url}\">inspector</a>\n"
        );
        store.keep_private("inspector.html", &page).map(Self)
    }

    /// Opens it. A browser may run as long as its launcher, so nothing waits for it.
    pub(super) fn open(&self, log: &UnboundedSender<Said>) {
        // Whoever holds the sender itself keeps the log, and the program, from its end.
        let (path, log) = (self.0.clone(), log.downgrade());
        thread::spawn(move || {
            if let Err(error) = open::that(&path) {
                let words = format!(
                    "no browser was opened ({error}): open {} yourself",
                    shown(&path)
                );
                // By now the program may be about to end.
                if let Some(log) = log.upgrade() {
                    let _ = log.send(Said::Trouble(words));
                }
            }
        });
    }
}
