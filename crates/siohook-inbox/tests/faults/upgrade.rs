//! A file of version 1 that processes upgrade: two at once, and one that is killed meanwhile.

use std::env;
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;

use crate::fixture::{create, definitions, newest, newest_definitions, rows, version};
use crate::process::Process;
use crate::program::{Program, is_shared};
use crate::skip;
use crate::syncs::can_trace;

/// Opens the file as a shell does, and returns its version and rows. A version is there as a whole.
fn read(path: &Path) -> (u32, Vec<String>) {
    let file = Connection::open(path).unwrap();
    let check: String = file
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(check, "ok");
    let is_whole = definitions(&file) == newest_definitions();
    assert_eq!(is_whole, version(&file) == newest());
    (version(&file), rows(&file))
}

#[test]
fn processes_that_upgrade_at_once_both_open() {
    if !is_shared() {
        return;
    }
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inbox.db");
        create(&path);
        let (_, before) = read(&path);
        let start = || Process::spawn(&mut Command::new("/proc/self/exe"), folder.path(), "a");
        let mut processes = [start(), start()];
        for process in &mut processes {
            assert_eq!(process.answer(), "open");
        }
        assert_eq!(read(&path), (newest(), before));
        for (n, process) in processes.iter_mut().enumerate() {
            assert_eq!(process.ask(&format!("send {n}")), "accepted");
        }
    }
}

#[test]
fn a_kill_at_any_write_loses_nothing() {
    if !can_trace() {
        return skip("strace is not installed, or may not trace");
    }
    let (mut write, mut versions) = (1, vec![]);
    loop {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inbox.db");
        create(&path);
        let (_, before) = read(&path);
        let mut strace = Command::new("strace");
        strace
            .args(["-f", "-o", "/dev/null", "-e", "trace=pwrite64", "-e"])
            .arg(format!("inject=pwrite64:signal=KILL:when={write}"))
            .arg(env::current_exe().unwrap());
        let opened = Process::spawn(&mut strace, folder.path(), "a").try_answer();
        let (version, found) = read(&path);
        assert_eq!(found, before, "write {write}");
        versions.push(version);

        drop(Program::open(folder.path(), &["a"]));
        assert_eq!(read(&path), (newest(), before), "write {write}");
        if opened.is_some() {
            break;
        }
        write += 1;
    }
    // The file becomes one with a WAL, is upgraded by one commit, and gets a worker.
    assert!(versions.is_sorted(), "{versions:?}");
    assert!(versions.contains(&1) && versions.len() > 5, "{versions:?}");
}
