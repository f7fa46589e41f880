//! How a sandbox ends.
#![cfg(unix)]

use std::process::{Child, Stdio};

use crate::receiver::Receiver;
use crate::run::Sandbox;

fn fire(sandbox: &Sandbox) -> Child {
    let mut command = sandbox.command(&["fire", "SALE_NEW"]);
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn a_signal_ends_it_after_the_attempts_under_way() {
    for signal in ["INT", "TERM"] {
        let (receiver, go) = Receiver::waiting();
        let mut sandbox = Sandbox::start(&["--to", &receiver.url]);
        let mut firing = fire(&sandbox);
        receiver.request();
        sandbox.signal(signal);
        sandbox.word_line("attempts under way");
        go.send(()).unwrap();
        let (code, lines) = sandbox.end();
        assert_eq!(code, Some(0), "{}", sandbox.said);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(
            lines[0].contains("\tSALE_NEW\t") && lines[0].contains("\t200 OK\t"),
            "{lines:?}"
        );
        firing.wait().unwrap();
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let (receiver, go) = Receiver::waiting();
    let mut sandbox = Sandbox::start(&["--to", &receiver.url]);
    let mut firing = fire(&sandbox);
    receiver.request();
    sandbox.signal("INT");
    sandbox.word_line("attempts under way");
    sandbox.signal("INT");
    assert_eq!(sandbox.end().0, Some(130));
    firing.wait().unwrap();
    drop(go);
}

#[test]
fn what_it_knows_is_there_at_the_next_start() {
    let directory = tempfile::tempdir().unwrap();
    let data = ["--data", directory.path().to_str().unwrap()];
    let receiver = Receiver::accepting();
    let mut sandbox = Sandbox::start(&[&data[..], &["--to", &receiver.url]].concat());
    let opt_in = ["fire", "opt-in", "--contact", "ada@example.com"];
    sandbox.run(&opt_in).good();
    let before = sandbox.run(&["export"]).good().stdout;
    sandbox.signal("TERM");
    assert_eq!(sandbox.end().0, Some(0));
    let sandbox = Sandbox::start(&data);
    assert_eq!(sandbox.run(&["export"]).good().stdout, before);
}
