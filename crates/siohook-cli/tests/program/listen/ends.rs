//! How it ends.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Listener, answer, files, sale, send, status, surround};
use crate::receiver::Receiver;
use crate::run::program;

#[test]
fn it_ends_after_as_many_deliveries_as_were_asked_for() {
    let receiver = Receiver::answering(500, "");
    let words = [
        "--exit-after",
        "2",
        "--within",
        "1m",
        "--forward-to",
        &receiver.url,
    ];
    let mut listener = Listener::start(&words);
    listener.send(&sale());
    listener.send(b"POST / HTTP/1.1\r\n\r\n");
    let (code, lines) = listener.end();
    assert_eq!((code, lines.len()), (Some(0), 5), "{lines:?}");
    assert_eq!(
        lines[4],
        r#"{"type":"end","deliveries":2,"refused":1,"failed":1}"#
    );
}

#[test]
fn too_few_in_time_is_exit_1() {
    let mut listener = Listener::start(&["--exit-after", "2", "--within", "1s"]);
    listener.send(&sale());
    let (code, lines) = listener.end();
    assert_eq!((code, lines.len()), (Some(1), 2), "{lines:?}");
}

#[test]
fn a_signal_ends_it_after_the_deliveries_in_hand() {
    for signal in ["INT", "TERM"] {
        let (receiver, go) = Receiver::waiting();
        let mut listener = Listener::start(&["--forward-to", &receiver.url]);
        // Those that have sent nothing are not waited for.
        let idle = TcpStream::connect(listener.address()).unwrap();
        let mut stream = TcpStream::connect(listener.address()).unwrap();
        stream.write_all(&sale()).unwrap();
        receiver.request();
        let start = Instant::now();
        listener.signal(signal);
        listener.word_line("deliveries in hand");
        go.send(()).unwrap();
        assert_eq!(status(&answer(&mut stream)), "200");
        let (code, lines) = listener.end();
        assert_eq!((code, lines.len()), (Some(0), 3), "{lines:?}");
        assert!(start.elapsed() < Duration::from_secs(8));
        assert_eq!(listener.deeds().len(), 2);
        drop(idle);
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let (receiver, go) = Receiver::waiting();
    let mut listener = Listener::start(&["--forward-to", &receiver.url]);
    let mut stream = TcpStream::connect(listener.address()).unwrap();
    stream.write_all(&sale()).unwrap();
    receiver.request();
    listener.signal("INT");
    listener.word_line("deliveries in hand");
    listener.signal("INT");
    assert_eq!(listener.end().0, Some(130));
    assert_eq!(listener.files().len(), 1);
    drop(go);
}

#[test]
fn a_reader_of_the_output_keeps_no_delivery_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program();
    surround(&mut command, folder.path());
    let command = command
        .args(["listen", "--listen", "127.0.0.1:0", "--json"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (address, stdout) = ready(&mut child);
    // More than a pipe holds.
    for _ in 0..150 {
        assert_eq!(status(&send(&address, &sale())), "200");
    }
    // It ends when the reader does.
    drop(stdout);
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    let files = files(&folder.path().join("deliveries"), "http");
    assert_eq!(files.len(), 150);
}

#[test]
fn a_reader_that_ends_ends_it_after_the_deliveries_in_hand() {
    let (receiver, go) = Receiver::waiting();
    let folder = tempfile::tempdir().unwrap();
    let mut command = program();
    surround(&mut command, folder.path());
    let command = command
        .args(["listen", "--listen", "127.0.0.1:0", "--json"])
        .args(["--answer", "recorded", "--forward-to", &receiver.url])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (address, stdout) = ready(&mut child);
    drop(stdout);
    assert_eq!(status(&send(&address, &sale())), "200");
    receiver.request();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap().contains("deliveries in hand")));
    go.send(()).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let log = &files(&folder.path().join("deliveries"), "log")[0];
    let log = std::fs::read_to_string(log).unwrap();
    assert!(
        log.contains(r#"{"type":"forward""#) && log.contains(r#"{"type":"answered""#),
        "{log}"
    );
}

/// The address of a listener, and the rest of what it writes.
fn ready(child: &mut Child) -> (String, BufReader<ChildStdout>) {
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut ready = String::new();
    stdout.read_line(&mut ready).unwrap();
    let ready: Value = serde_json::from_str(&ready).unwrap();
    let url = ready["endpoint"].as_str().unwrap();
    (url.trim_start_matches("http://").to_owned(), stdout)
}
