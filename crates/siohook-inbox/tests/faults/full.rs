//! No room: on the disk, or below the limit of file sizes.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use siohook::ReplyOutcome;
use siohook_inbox::InboxBuilder;

use crate::process::Process;
use crate::program::{Ledger, Program, stored, wait_until};
use crate::space;

/// Fills what is left of a disk.
fn fill(folder: &Path) {
    assert!(!space::shell(
        "exec dd if=/dev/zero of=\"$1/ballast\" bs=4096 2>/dev/null",
        folder
    ));
}

fn make_room(folder: &Path) {
    fs::remove_file(folder.join("ballast")).unwrap();
}

#[test]
fn a_disk_that_is_full_takes_nothing_until_there_is_space() {
    space::in_memory(
        "full::a_disk_that_is_full_takes_nothing_until_there_is_space",
        52,
        |disk| {
            let folder = tempfile::tempdir().unwrap();
            let ledger = Ledger(folder.path().to_owned());
            std::os::unix::fs::symlink(disk.join("inbox.db"), folder.path().join("inbox.db"))
                .unwrap();
            let program = Program::open(folder.path(), &["a"]);
            fs::write(disk.join("ballast"), vec![1; 20 << 20]).unwrap();
            // Each 16 MB, the database grows as well.
            let first = program.send_until_refused(0, 10_000);
            let health = program.refuse(first);
            let text = "inbox.db` can't grow: its disk is full; free some space";
            assert!(health.contains(text), "{health}");
            // After a failure, nothing is tried for 50 milliseconds.
            for n in first..first + 50 {
                sleep(Duration::from_millis(10));
                assert_eq!(program.send(n).outcome(), ReplyOutcome::NotStored);
            }
            make_room(disk);
            wait_until("it goes on", || {
                program.send(first).outcome() == ReplyOutcome::Accepted
            });
            program.health().expect("the last one was stored");
            drop(program);
            assert_eq!(stored(folder.path()), (0..=first).collect::<Vec<_>>());
            assert!(ledger.started().is_empty());
        },
    );
}

#[test]
fn ends_are_recorded_once_there_is_space() {
    space::in_memory("full::ends_are_recorded_once_there_is_space", 8, |disk| {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger(folder.path().to_owned());
        std::os::unix::fs::symlink(disk.join("inbox.db"), folder.path().join("inbox.db")).unwrap();
        let program = Program::open(folder.path(), &["a", "b"]);
        program.work();
        ledger.hold();
        program.accept(1);
        wait_until("the handlers run", || ledger.started().len() == 2);
        fill(disk);
        ledger.release();
        wait_until("they end", || ledger.ended().len() == 2);
        let health = program.refuse(2);
        assert!(health.contains("free some space"), "{health}");
        assert_eq!(program.stats().running(), 2, "their ends are not recorded");
        make_room(disk);
        program.wait_until_idle();
        program.accept(3);
        program.wait_until_idle();
        wait_until("the probe succeeds", || program.health().is_ok());
        let started: Vec<_> = ledger
            .started()
            .into_iter()
            .map(|it| (it.n, it.attempt))
            .collect();
        assert_eq!(started, [(1, 1), (3, 1), (1, 1), (3, 1)], "each ran once");
        drop(program);
        assert_eq!(stored(folder.path()), [1, 3]);
    });
}

#[test]
fn the_probe_fails_for_as_long_as_the_disk_is_full() {
    space::in_memory(
        "full::the_probe_fails_for_as_long_as_the_disk_is_full",
        8,
        |disk| {
            for is_working in [false, true] {
                let folder = tempfile::tempdir().unwrap();
                let name = disk.join(format!("{is_working}"));
                fs::create_dir(&name).unwrap();
                std::os::unix::fs::symlink(name.join("inbox.db"), folder.path().join("inbox.db"))
                    .unwrap();
                let program = Program::open(folder.path(), &["a"]);
                program.accept(1);
                if is_working {
                    program.work();
                    program.wait_until_idle();
                }
                fill(disk);
                program.refuse(2);
                // A probe is not asked in the very moment of a refusal.
                for _ in 0..5 {
                    sleep(Duration::from_millis(200));
                    program.health().expect_err("the disk is full");
                }
                make_room(disk);
                program.accept(2);
                program.health().expect("what was refused is stored");
            }
        },
    );
}

#[test]
fn a_disk_that_is_full_is_an_error_of_open() {
    space::in_memory("full::a_disk_that_is_full_is_an_error_of_open", 2, |disk| {
        fill(disk);
        let error = Program::try_open(disk, &["a"], InboxBuilder::accept_volatile);
        let error = error.err().expect("it can't be opened").to_string();
        assert!(
            error.contains("inbox.db` can't grow: its disk is full; free some space"),
            "{error}"
        );
        make_room(disk);
        Program::open(disk, &["a"]).accept(1);
    });
}

#[test]
fn the_limit_of_file_sizes_is_like_a_full_disk() {
    let folder = tempfile::tempdir().unwrap();
    // The signal is ignored, as it is in a program that has to go on. The limit is soft.
    let script = "trap '' XFSZ; ulimit -S -f 2000; exec \"$0\" \"$@\"";
    let mut sh = Command::new("sh");
    sh.args(["-c", script]).arg(env::current_exe().unwrap());
    let mut process = Process::spawn(&mut sh, folder.path(), "a");
    assert_eq!(process.answer(), "open");
    let refused: u64 = process.ask("send_until_refused 0").parse().unwrap();
    assert!(refused > 10);
    for _ in 0..20 {
        sleep(Duration::from_millis(10));
        assert_eq!(process.ask(&format!("send {refused}")), "not_stored");
    }
    let health = process.ask("health");
    assert!(
        health.contains("inbox.db` can't be read or written"),
        "{health}"
    );
    assert!(health.contains("the limit of file sizes"), "{health}");

    let mut prlimit = Command::new("prlimit");
    let raised = prlimit
        .args(["--fsize=unlimited", "--pid", &process.id().to_string()])
        .status();
    assert!(raised.unwrap().success());
    wait_until("it goes on", || {
        process.ask(&format!("send {refused}")) == "accepted"
    });
    assert_eq!(process.ask("health"), "");
    process.finish();
    assert_eq!(stored(folder.path()), (0..=refused).collect::<Vec<_>>());
}
