//! `--open`.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use super::surround;
use crate::run::{Process, program};

/// Starts a listener that opens a browser, for which this script stands in.
fn start(folder: &tempfile::TempDir, script: &str) -> Process {
    let launcher = folder.path().join("xdg-open");
    fs::write(&launcher, script).unwrap();
    fs::set_permissions(&launcher, fs::Permissions::from_mode(0o755)).unwrap();
    let mut program = program();
    surround(&mut program, folder.path());
    program
        .args(["listen", "--listen", "127.0.0.1:0", "--open"])
        .env("PATH", folder.path())
        .env("PIPE", folder.path().join("pipe"));
    Process::start(program)
}

#[test]
fn the_browser_gets_a_file_that_leads_to_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let script =
        "#!/bin/sh\n/bin/cat /proc/$$/cmdline /proc/$$/environ > \"$PIPE\"\n/bin/sleep 20\n";
    let mut listener = start(&folder, script);
    let seen = fs::read_to_string(pipe).unwrap();
    let file = folder.path().join("deliveries").join("inspector.html");
    assert!(seen.contains(file.to_str().unwrap()), "{seen}");
    let key = fs::read_to_string(file.with_file_name("inspector.key")).unwrap();
    let page = fs::read_to_string(&file).unwrap();
    assert!(
        page.contains(&format!("/#key={}\"", key.trim_end())),
        "{page}"
    );
    assert!(!seen.contains(key.trim_end()), "{seen}");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    // A browser that runs on keeps it from no end.
    listener.signal("TERM");
    assert_eq!(listener.end().0, Some(0));
}

#[test]
fn a_browser_that_can_t_be_opened_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut listener = start(&folder, "#!/bin/sh\nexit 3\n");
    let line = listener.word_line("no browser was opened");
    assert!(line.contains("inspector.html yourself"), "{line}");
    listener.signal("TERM");
    assert_eq!(listener.end().0, Some(0));
}
