//! Where an inbox is.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use super::World;
use crate::run::{end, program};

#[test]
fn a_url_with_a_password_is_refused_and_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let run = |words: &[&str]| {
        let mut command = program();
        end(command
            .args(words)
            .current_dir(folder.path())
            .stdin(Stdio::null()))
    };
    for url in [
        "postgres://shop:hunter2@db.example.com/shop",
        "postgres://db.example.com/shop?password=hunter2",
        "host=db.example.com password=hunter2",
        "hunter2",
    ] {
        for flag in ["--no-input", "--json"] {
            let refused = run(&["inbox", "list", flag, "--inbox", url]);
            assert_eq!((refused.code, &*refused.stdout), (2, ""), "{refused:?}");
            assert!(refused.stderr.contains("env:NAME"), "{refused:?}");
            assert!(!refused.stderr.contains("hunter2"), "{refused:?}");
            let refused = run(&["replay", "inbox:1", flag, "--inbox", url]);
            assert!(
                refused.code == 2 && !refused.stderr.contains("hunter2"),
                "{refused:?}"
            );
        }
    }
    assert_eq!(run(&["inbox", "list"]).code, 2, "there is no inbox");
    assert_eq!(
        run(&["inbox", "list", "--inbox", "env:SYSTEME_NO_SUCH"]).code,
        2
    );
    fs::write(
        folder.path().join("url"),
        "postgres://shop:hunter2@127.0.0.1:1/shop\n",
    )
    .unwrap();
    let down = run(&["inbox", "list", "--inbox", "file:url"]);
    assert!(
        down.code == 4 && !down.stderr.contains("hunter2"),
        "{down:?}"
    );
}

#[test]
fn the_file_of_settings_names_the_inbox() {
    let world = World::new();
    fs::write(
        world.folder.path().join("siohook.toml"),
        "[inbox]\nurl = 'sqlite:inbox.db'\n",
    )
    .unwrap();
    let mut command = world.command(&["inbox", "show", "1"]);
    end(command.env_remove("SIOHOOK_INBOX")).good();
}

#[test]
fn an_inbox_that_can_t_be_used_is_exit_4_and_stays_as_it_is() {
    let world = World::new();
    let World { shop, folder } = world;
    shop.runtime
        .block_on(shop.inbox.drain(Duration::from_secs(10)));
    drop(shop);
    let path = folder.path().join("inbox.db");
    let shell = rusqlite::Connection::open(&path).unwrap();
    shell
        .execute("UPDATE siohook_schema SET version = version + 2", [])
        .unwrap();
    shell.close().unwrap();
    let before = fs::read(&path).unwrap();
    for words in [
        &["inbox", "list"][..],
        &["inbox", "show", "1"],
        &["inbox", "retry", "--dead", "--yes"],
        &[
            "inbox", "purge", "--state", "dead", "--older", "0s", "--yes",
        ],
        &["inbox", "export", "1", "--as", "body"],
        &["replay", "--dead"],
    ] {
        let inbox = ["--inbox", "sqlite:inbox.db"];
        let run = |inbox: &[&str]| {
            let mut command = program();
            command.args(words).args(inbox).current_dir(folder.path());
            end(command.stdin(Stdio::null()))
        };
        let newer = run(&inbox);
        assert_eq!((newer.code, &*newer.stdout), (4, ""), "{newer:?}");
        assert!(newer.stderr.contains("version"), "{newer:?}");
        assert_eq!(run(&["--inbox", "sqlite:missing.db"]).code, 4);
    }
    assert!(fs::read(&path).unwrap() == before, "the file was changed");
    assert!(!folder.path().join("missing.db").exists());
}
