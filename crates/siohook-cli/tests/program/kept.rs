//! What is kept in a folder, whatever happens to the process and the disk.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::receiver::Receiver;
use crate::run::{SECRET, Sandbox, TOKEN, call, end, has, program, run};

/// Fires an event. Returns the ids of its messages, or `None` if the sandbox is gone.
fn fire(url: &str, event: &str) -> Option<Vec<String>> {
    let answer = call(url, "POST", "/fire", &format!("{{\"event\":\"{event}\"}}"))?;
    let sent: Value = serde_json::from_str(&answer).ok()?;
    let ids = sent["messages"].as_array()?.iter();
    Some(ids.map(|id| id.as_str().unwrap().to_owned()).collect())
}

#[test]
fn what_was_said_is_there_after_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    let receiver = Receiver::in_turn(&[500, 200, 500, 200, 200, 500, 503, 200]);
    let words = [
        "--data",
        directory.path().to_str().unwrap(),
        "--to",
        &receiver.url,
        "--retries",
        "50ms*1^n, 100 attempts",
    ];
    let said = Arc::new(Mutex::new(BTreeSet::new()));
    for round in 0..12_u64 {
        let mut sandbox = Sandbox::start(&words);
        if round == 0 {
            // The account is saved a moment after it changed.
            thread::sleep(Duration::from_secs(1));
        }
        let (url, said) = (sandbox.url.clone(), Arc::clone(&said));
        let firing = thread::spawn(move || {
            for _ in 0..30 {
                let Some(ids) = fire(&url, "CONTACT_CREATED") else {
                    return;
                };
                said.lock().unwrap().extend(ids);
            }
        });
        thread::sleep(Duration::from_millis(7 * round * round));
        sandbox.kill();
        firing.join().unwrap();
    }
    let said = said.lock().unwrap();
    assert!(said.len() > 30, "{}", said.len());

    let sandbox = Sandbox::start(&words);
    let list = |status: &[&str]| {
        let listed = ["messages", "--json", "--limit", "1000"];
        sandbox.run(&[&listed[..], status].concat()).good().json()
    };
    while !list(&["--status", "queued,delivering,waiting"]).is_empty() {
        thread::sleep(Duration::from_millis(50));
    }
    // Others may have been kept whose answer was lost.
    let kept = list(&["--status", "delivered"]);
    let kept: BTreeSet<_> = kept
        .iter()
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect();
    assert!(said.is_subset(&kept), "{:?}", said.difference(&kept));
    let mut requests = String::new();
    while let Some(request) = receiver.next_request() {
        requests.push_str(&String::from_utf8(request).unwrap());
    }
    for id in &*said {
        assert!(requests.contains(id), "{id}");
    }
}

#[test]
fn a_full_disk_is_said_and_goes_by() {
    if !has("prlimit") {
        eprintln!("skipped: there is no prlimit");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let receiver = Receiver::accepting();
    let data = directory.path().to_str().unwrap();
    // A file can't be longer than this, and the process is not ended by trying.
    let limited = || {
        let mut shell = Command::new("sh");
        let script = "trap '' XFSZ; ulimit -S -f 80; exec \"$0\" \"$@\"";
        shell.args(["-c", script, program().get_program().to_str().unwrap()]);
        shell
            .env("SYSTEME_WEBHOOK_SECRET", SECRET)
            .env("SYSTEME_WEBHOOK_TOKEN", TOKEN);
        shell
    };
    let words = ["--data", data, "--to", &receiver.url];
    let fill = |sandbox: &Sandbox| {
        for _ in 0..60 {
            fire(&sandbox.url, "CONTACT_CREATED").unwrap();
        }
    };
    let count = |sandbox: &Sandbox| {
        let listed = sandbox.run(&["messages", "--json", "--limit", "1000"]);
        listed.good().json().len()
    };
    let mut sandbox = Sandbox::start_as(limited(), &words);
    fill(&sandbox);
    let line = sandbox.word_line("not saved");
    assert!(
        line.starts_with("not saved, goes on in memory: `")
            && line.contains("messages.jsonl` can't be written: "),
        "{line}"
    );
    assert_eq!(count(&sandbox), 60);
    sandbox.signal("TERM");
    assert_eq!(sandbox.end().0, Some(4), "{}", sandbox.said);

    let mut sandbox = Sandbox::start_as(limited(), &words);
    let before = count(&sandbox);
    assert!((1..60).contains(&before), "{before}");
    fill(&sandbox);
    sandbox.word_line("not saved");
    let id = sandbox.id().to_string();
    end(Command::new("prlimit").args(["--pid", &id, "--fsize=unlimited"])).good();
    sandbox.word_line("saved again");
    sandbox.kill();
    assert_eq!(count(&Sandbox::start(&words)), before + 60);
}

#[test]
fn a_damaged_line_is_exit_4() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("messages.jsonl");
    let damaged = "{\"version\":1}\noops\n{\"clock\":\"2026-01-01T00:00:00Z\"}\n";
    fs::write(&file, damaged).unwrap();
    let data = directory.path().to_str().unwrap();
    let ended = run(&["sandbox", "--listen", "127.0.0.1:0", "--data", data]);
    assert_eq!((ended.code, &*ended.stdout), (4, ""), "{ended:?}");
    assert!(
        ended
            .stderr
            .contains("messages.jsonl` is damaged in line 2: "),
        "{ended:?}"
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), damaged);

    // The end of a line that was being written is no damage.
    fs::write(&file, "{\"version\":1}\n{\"clo").unwrap();
    let sandbox = Sandbox::start(&["--data", data]);
    assert!(
        sandbox
            .said
            .contains("broke off in line 2, which is left out"),
        "{}",
        sandbox.said
    );
}
