//! Errors of `open`: each names the file and says what to do.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use siohook_inbox::{InboxBuilder, InboxError};

use crate::fixture::newest;
use crate::process::Process;
use crate::program::Program;
use crate::skip;
use crate::space::{self, is_root, shell};

/// Opens the file of a folder, and asserts that the error is its name and this text.
#[track_caller]
fn assert_error(folder: &Path, configure: fn(InboxBuilder) -> InboxBuilder, text: &str) {
    let Err(error) = Program::try_open(folder, &["a"], configure) else {
        panic!("it can be opened, but should say: {text}");
    };
    assert!(matches!(error, InboxError::Store(_)));
    let path = folder.join("inbox.db").display().to_string();
    assert_eq!(error.to_string(), format!("`{path}` {text}"));
}

/// As [`assert_error`], by a user without rights.
#[track_caller]
fn assert_error_of_nobody(folder: &Path, text: &str) {
    let mut command = Command::new("/proc/self/exe");
    if is_root() {
        command.uid(65534).gid(65534);
    }
    let error = Process::spawn(&mut command, folder, "a").answer();
    let path = folder.join("inbox.db").display().to_string();
    assert_eq!(error, format!("`{path}` {text}"));
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn what_is_no_inbox_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.db");
    fs::write(&path, "a text about something else\n".repeat(500)).unwrap();
    assert_error(
        folder.path(),
        InboxBuilder::accept_volatile,
        "is not an SQLite database, or its first page is damaged; set the path of another file, \
         or restore a backup",
    );
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("a text"), "it is left as it is");

    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let text = "is a folder; set the path of a file";
    assert_error(folder.path(), InboxBuilder::accept_volatile, text);
    let text =
        "can't be created: its folder does not exist; create the folder, or set another path";
    assert_error(
        &folder.path().join("missing"),
        InboxBuilder::accept_volatile,
        text,
    );
    assert_error(&folder.path().join("missing"), |builder| builder, text);
}

#[test]
fn a_newer_schema_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(Program::open(folder.path(), &["a"]));
    let file = rusqlite::Connection::open(folder.path().join("inbox.db")).unwrap();
    file.execute_batch("UPDATE siohook_schema SET version = 99")
        .unwrap();
    drop(file);
    assert_error(
        folder.path(),
        InboxBuilder::accept_volatile,
        &format!(
            "has version 99 of the inbox's schema, and this program knows {}: update siohook-inbox \
             in this program",
            newest()
        ),
    );
}

#[test]
fn missing_rights_are_named() {
    let rights = "can't be opened: this user needs the right to read and write it, and its folder";
    let parent = tempfile::tempdir().unwrap();
    set_mode(parent.path(), 0o755);
    let folder = parent.path().join("shop");
    fs::create_dir(&folder).unwrap();

    for mode in [0o000, 0o444, 0o555] {
        set_mode(&folder, mode);
        assert_error_of_nobody(&folder, rights);
    }
    set_mode(&folder, 0o777);
    drop(Program::open(&folder, &["a"]));
    for mode in [0o000, 0o444] {
        set_mode(&folder.join("inbox.db"), mode);
        assert_error_of_nobody(&folder, rights);
    }
    // The file may be written, but none can be created beside it.
    for beside in ["inbox.db-wal", "inbox.db-shm"] {
        // A file for one process has no -shm.
        let _ = fs::remove_file(folder.join(beside));
    }
    set_mode(&folder.join("inbox.db"), 0o666);
    set_mode(&folder, 0o555);
    let rights = "can't be written: this user needs the right to write it, and its folder";
    assert_error_of_nobody(&folder, rights);
    set_mode(&folder, 0o777);
}

#[test]
fn a_disk_that_is_mounted_read_only_is_named() {
    space::in_memory(
        "opening::a_disk_that_is_mounted_read_only_is_named",
        8,
        |disk| {
            let text = "can't be written: its disk is mounted read-only; mount it read-write, or set \
                    another path";
            let remount = |how| {
                let script = format!("exec mount -o remount,{how} \"$1\"");
                assert!(shell(&script, disk));
            };
            remount("ro");
            assert_error(disk, InboxBuilder::accept_volatile, text);
            remount("rw");
            Program::open(disk, &["a"]).accept(1);
            remount("ro");
            assert_error(disk, InboxBuilder::accept_volatile, text);
        },
    );
}

#[test]
fn memory_and_layers_of_containers_are_refused() {
    space::in_memory(
        "opening::memory_and_layers_of_containers_are_refused",
        8,
        |disk| {
            assert_error(
                disk,
                |builder| builder,
                "is on tmpfs, where what is stored is lost when the machine restarts: set a path on a \
             disk, or call `accept_volatile()`",
            );
            Program::open(disk, &["a"]).accept(1);
            let mount = "cd \"$1\" && mkdir lower upper work layer &&
                     exec mount -t overlay overlay \
                     -o lowerdir=lower,upperdir=upper,workdir=work layer";
            if !shell(mount, disk) {
                return skip("an overlay can't be mounted");
            }
            let layer = disk.join("layer");
            assert_error(
                &layer,
                |builder| builder,
                "is on overlayfs, where what is stored is lost with the container: mount a volume, \
             and set a path in it, or call `accept_volatile()`",
            );
            Program::open(&layer, &["a"]).accept(1);
        },
    );
}
