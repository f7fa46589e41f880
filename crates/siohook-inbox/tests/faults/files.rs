//! Files that are moved, deleted or replaced while they are open.

use std::fs;
use std::path::Path;

use crate::program::{Program, is_shared, stored, wait_until};
use crate::space::shell;

#[test]
fn a_file_that_is_moved_takes_nothing_until_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::open(folder.path(), &["a"]);
    program.accept(1);
    for name in names() {
        assert!(shell(
            &format!("cd \"$1\" && mv {name} elsewhere"),
            folder.path()
        ));
        assert_moved(&program, name);
        assert!(shell(
            &format!("cd \"$1\" && mv elsewhere {name}"),
            folder.path()
        ));
        wait_until("the probe succeeds", || program.health().is_ok());
    }
    program.accept(2);
    drop(program);
    assert_eq!(stored(folder.path()), [1, 2]);
}

#[test]
fn a_file_that_is_replaced_takes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::open(folder.path(), &["a"]);
    program.accept(1);
    for name in names() {
        // The same bytes, but what is written then is not found again.
        let replace = format!("cd \"$1\" && mv {name} old && cp -p old {name}");
        assert!(shell(&replace, folder.path()));
        assert_moved(&program, name);
        assert!(shell(&format!("cd \"$1\" && mv old {name}"), folder.path()));
        wait_until("the probe succeeds", || program.health().is_ok());
    }
    program.accept(2);
}

#[test]
fn a_file_that_is_deleted_takes_nothing_until_the_program_starts_again() {
    for name in names() {
        let folder = tempfile::tempdir().unwrap();
        let program = Program::open(folder.path(), &["a"]);
        program.accept(1);
        fs::remove_file(folder.path().join(name)).unwrap();
        assert_moved(&program, name);
        drop(program);
        Program::open(folder.path(), &["a"]).accept(2);
    }
}

#[test]
fn a_folder_that_is_moved_takes_nothing_until_it_is_back() {
    let parent = tempfile::tempdir().unwrap();
    let (folder, elsewhere) = (parent.path().join("shop"), parent.path().join("elsewhere"));
    fs::create_dir(&folder).unwrap();
    let program = Program::open(&folder, &["a"]);
    program.accept(1);
    fs::rename(&folder, &elsewhere).unwrap();
    assert_moved(&program, "inbox.db");
    fs::rename(&elsewhere, &folder).unwrap();
    wait_until("the probe succeeds", || program.health().is_ok());
    program.accept(2);
}

/// The files that a process has to have in common with the next one.
fn names() -> Vec<&'static str> {
    let mut names = vec!["inbox.db", "inbox.db-wal"];
    // One process alone needs none.
    names.extend(is_shared().then_some("inbox.db-shm"));
    names
}

#[track_caller]
fn assert_moved(program: &Program, name: &str) {
    let health = program.refuse(3);
    let name = Path::new(name).display();
    let text =
        format!("{name}` was moved, deleted or replaced while the inbox was open; put it back");
    assert!(health.contains(&text), "{health}");
}
