//! Checks that an inbox in a folder keeps its promises, on that disk and with the linked SQLite:
//!
//! ```sh
//! cargo run -p siohook-inbox --example check -- /var/lib/shop
//! ```
//!
//! It creates a folder there, and removes it at the end.

use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

use siohook_inbox::Inbox;
use siohook_inbox::conformance::{Subject, check};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let parent = env::args_os().nth(1).ok_or("give a folder")?;
    let folder = tempfile::tempdir_in(parent)?;
    let (path, number) = (folder.path().to_owned(), AtomicU64::new(0));
    let subject = Subject::new("sqlite", move || {
        let number = number.fetch_add(1, Ordering::Relaxed);
        Inbox::sqlite(path.join(format!("{number}.db")))
    });
    let report = check(&subject);
    println!("{report}");
    Ok(if report.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
