//! Faults of the operating system, met by real processes: a foreign lock, a stopped process, a full
//! disk, a limit of file sizes, damage, files that are moved, places that can't be opened, and a kill in
//! the middle of an upgrade.
//!
//! Where a test needs `strace` or a mount that this machine does not give, it says so and ends.
//! With `SIOHOOK_SKIP_NOTHING` set, it fails.
#![cfg(target_os = "linux")]

mod damage;
mod files;
#[path = "../schemas/fixture.rs"]
mod fixture;
mod full;
mod locks;
mod opening;
mod process;
mod program;
mod space;
mod syncs;
mod upgrade;
mod versions;

use siohook_inbox::Inbox;

#[test]
#[ignore = "other tests start it as a process of its own"]
fn child() {
    process::serve(|folder| Inbox::sqlite(folder.join("inbox.db")), |_| None);
}

/// Ends a test that can't run here.
fn skip(why: &str) {
    assert!(
        std::env::var_os("SIOHOOK_SKIP_NOTHING").is_none(),
        "it can't be tested: {why}"
    );
    eprintln!("skipped: {why}");
}
