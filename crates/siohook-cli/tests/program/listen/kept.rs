//! What is answered is kept.

use std::fs;
use std::process::Command;

use siohook_sender::Capture;

use super::{Listener, body, files, sale, status};
use crate::receiver::Receiver;
use crate::run::{end, program, run};

#[test]
fn what_was_answered_is_there_after_a_kill() {
    for _ in 0..8 {
        let mut listener = Listener::start(&[]);
        let sale = sale();
        assert_eq!(status(&listener.send(&sale)), "200");
        listener.kill();
        let [file] = &*listener.files() else {
            panic!("{:?}", listener.files());
        };
        let capture = Capture::read(fs::read(file).unwrap()).unwrap();
        assert!([&capture.head()[..], capture.body()].concat() == sale && !capture.is_edited());
    }
}

#[test]
fn what_can_t_be_written_is_503_and_not_passed_on() {
    let receiver = Receiver::accepting();
    let mut listener = Listener::start(&["--forward-to", &receiver.url]);
    let (store, moved) = (listener.store(), listener.folder.path().join("moved"));
    fs::rename(&store, &moved).unwrap();
    fs::write(&store, "").unwrap();
    let answer = listener.send(&sale());
    assert_eq!(
        (status(&answer), body(&answer)),
        ("503", r#"{"outcome":"not_recorded"}"#)
    );
    listener.word_line("not recorded, answered 503: ");
    assert!(receiver.next_request().is_none());

    fs::remove_file(&store).unwrap();
    fs::rename(&moved, &store).unwrap();
    assert_eq!(status(&listener.send(&sale())), "200");
    assert_eq!(listener.json()["type"], "delivery");
    listener.signal("TERM");
    let (code, lines) = listener.end();
    assert_eq!(code, Some(0));
    assert!(
        lines.last().unwrap().contains(r#""deliveries":1"#),
        "{lines:?}"
    );
}

#[test]
fn a_store_that_can_t_be_used_is_exit_4() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for store in [file.clone(), file.join("below")] {
        let mut program = program();
        program.env("SIOHOOK_STORE", store);
        let ended = end(program.args(["listen", "--listen", "127.0.0.1:0"]));
        assert_eq!((ended.code, &*ended.stdout), (4, ""), "{ended:?}");
        assert!(ended.stderr.contains("can't be used"), "{ended:?}");
    }
}

#[test]
fn old_deliveries_are_deleted_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("deliveries");
    fs::create_dir(&store).unwrap();
    let capture = Capture::new("POST / HTTP/1.1\r\n\r\n", "{}")
        .unwrap()
        .to_bytes();
    let now = jiff::Timestamp::now();
    for (id, days) in [("000000", 31), ("111111", 29), ("222222", 1)] {
        let time = now - jiff::SignedDuration::from_hours(24 * days);
        let name = time
            .strftime(&format!("%Y%m%dT%H%M%S%.6fZ_{id}"))
            .to_string();
        fs::write(store.join(format!("{name}_unknown.http")), &capture).unwrap();
        fs::write(store.join(format!("{name}.log")), "").unwrap();
    }
    let start = |words: &[&str]| {
        let mut command = Command::new(program().get_program());
        command
            .env("SIOHOOK_STORE", &store)
            .args(["listen", "--listen", "127.0.0.1:0"]);
        let ended = end(command
            .args(words)
            .args(["--exit-after", "1", "--within", "1ms"]));
        assert_eq!(ended.code, 1, "{ended:?}");
        (
            ended.stderr,
            files(&store, "http").len(),
            files(&store, "log").len(),
        )
    };
    let (words, requests, logs) = start(&["--keep", "forever"]);
    assert!(
        !words.contains("deleted") && (requests, logs) == (3, 3),
        "{words}"
    );
    let (words, requests, logs) = start(&[]);
    assert!(
        words.contains("1 delivery older than `--keep` deleted"),
        "{words}"
    );
    assert_eq!((requests, logs), (2, 2));
    let (words, requests, logs) = start(&["--keep", "1h"]);
    assert!(
        words.contains("2 deliveries older than `--keep` deleted"),
        "{words}"
    );
    assert_eq!((requests, logs), (0, 0));
    assert_eq!(run(&["listen", "--keep", "-1h"]).code, 2);
}
