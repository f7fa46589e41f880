//! `siohook replay`.

use std::fs;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use serde_json::{Value, json};
use siohook_sender::{Capture, Sample, sign};

use crate::receiver::{Receiver, nowhere};
use crate::run::{Ended, SECRET, TOKEN, end, program};

/// A folder of deliveries, which files are recorded in.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Records a delivery, as if it came so many minutes ago.
    fn record(&self, id: &str, minutes: i64, capture: Capture) {
        let time = jiff::Timestamp::now() - jiff::Span::new().minutes(minutes);
        let event = capture.event().unwrap();
        let name = format!("{}_{id}_{event}.http", time.strftime("%Y%m%dT%H%M%S%.6fZ"));
        fs::write(self.0.path().join(name), capture.with_name(id).to_bytes()).unwrap();
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = program();
        command
            .arg("replay")
            .args(words)
            .env("SIOHOOK_STORE", self.0.path())
            .env("SYSTEME_WEBHOOK_SECRET", SECRET)
            .env("SYSTEME_WEBHOOK_TOKEN", TOKEN)
            .current_dir(self.0.path())
            .stdin(Stdio::null());
        command
    }

    fn run(&self, words: &[&str]) -> Ended {
        end(&mut self.command(words))
    }
}

fn captured(sample: &Sample) -> Capture {
    let request = sample.request("http://old.example.com/hook").unwrap();
    let bytes = request.to_http1();
    let (head, body) = bytes.split_at(bytes.len() - request.body().len());
    Capture::new(head.to_vec(), body.to_vec()).unwrap()
}

fn sale() -> Capture {
    captured(&Sample::of("SALE_NEW").signed_with(SECRET))
}

fn tag() -> Capture {
    captured(&Sample::of("contact.tag.added").token("of another day"))
}

/// What a receiver got.
fn request(receiver: &Receiver) -> Capture {
    Capture::read(receiver.request()).unwrap()
}

fn header(capture: &Capture, name: &str) -> String {
    String::from_utf8(capture.header(name).unwrap().to_vec()).unwrap()
}

#[test]
fn the_very_bytes_are_sent() {
    let (folder, receiver) = (Folder::new(), Receiver::accepting());
    folder.record("k3f9qa", 5, sale());
    let ended = folder.run(&["@1", "--to", &receiver.url]).good();
    assert!(
        ended.stdout.starts_with("k3f9qa\tSALE_NEW\t200 done\t"),
        "{ended:?}"
    );
    assert_eq!(ended.stderr, "1 sent, 1 ok\n");
    let (sent, was) = (request(&receiver), sale());
    assert_eq!(sent.body(), was.body());
    let names = |capture: &Capture| -> Vec<String> {
        capture.headers().map(|(name, _)| name.to_owned()).collect()
    };
    assert_eq!(names(&sent), names(&was));
    let host = receiver
        .url
        .trim_start_matches("http://")
        .trim_end_matches("/systeme");
    assert_eq!(header(&sent, "host"), host);
    assert_eq!(sent.target(), b"/systeme");
}

#[test]
fn what_is_done_is_in_the_log() {
    let (folder, receiver) = (Folder::new(), Receiver::answering(500, "no"));
    folder.record("k3f9qa", 5, sale());
    assert_eq!(folder.run(&["k3f", "--to", &receiver.url]).code, 1);
    let list = end(folder.command(&[]).arg("--help")).code;
    assert_eq!(list, 0);
    let mut command = program();
    command.args(["deliveries", "list", "--failed", "--json"]);
    let listed = end(command.env("SIOHOOK_STORE", folder.0.path()))
        .good()
        .json();
    assert_eq!(listed[0]["id"], "k3f9qa");
    // Now it is answered well, and no longer chosen.
    let accepting = Receiver::accepting();
    folder.run(&["--failed", "--to", &accepting.url]).good();
    let ended = folder.run(&["--failed", "--to", &accepting.url]).good();
    assert_eq!(
        (&*ended.stdout, &*ended.stderr),
        ("", "no recorded delivery is such\n")
    );
}

#[test]
fn another_attempt_and_another_message_have_their_own_ids() {
    let (folder, receiver) = (Folder::new(), Receiver::accepting());
    let was = sale();
    folder.record("k3f9qa", 5, was.clone());
    let ids = |capture: &Capture| {
        ["x-webhook-message-id", "x-webhook-delivery-attempt-id"].map(|name| header(capture, name))
    };
    let again = |kind| {
        folder
            .run(&["@1", "--as", kind, "--to", &receiver.url])
            .good();
        request(&receiver)
    };
    let [message, attempt] = ids(&was);
    assert_eq!(ids(&again("same")), [message.clone(), attempt.clone()]);
    let [second_message, second_attempt] = ids(&again("attempt"));
    assert!(second_message == message && second_attempt != attempt);
    let sent = again("new");
    let [new_message, new_attempt] = ids(&sent);
    assert!(new_message != message && new_attempt != attempt);
    assert_eq!(
        header(&sent, "x-webhook-signature"),
        sign(SECRET, was.body())
    );
    assert_ne!(
        header(&sent, "x-webhook-event-timestamp"),
        header(&was, "x-webhook-event-timestamp")
    );
}

#[test]
fn an_automation_is_new_by_its_time() {
    let (folder, receiver) = (Folder::new(), Receiver::accepting());
    folder.record("w81mzt", 5, tag());
    folder
        .run(&[
            "@1",
            "--as",
            "new",
            "--token",
            "env:SYSTEME_WEBHOOK_TOKEN",
            "--to",
            &receiver.url,
        ])
        .good();
    let sent = request(&receiver);
    let body: Value = serde_json::from_slice(sent.body()).unwrap();
    let was: Value = serde_json::from_slice(tag().body()).unwrap();
    assert_ne!(body["created_at"], was["created_at"]);
    assert_eq!(body["data"], was["data"]);
    assert_eq!(sent.target(), format!("/systeme?token={TOKEN}").as_bytes());
}

#[test]
fn an_edited_body_is_signed_anew() {
    let (folder, receiver) = (Folder::new(), Receiver::accepting());
    let file = String::from_utf8(sale().to_bytes()).unwrap();
    let edited = file.replace("lea.martin@example.com", "lia.martin@example.com");
    let path = folder.0.path().join("edited.http");
    fs::write(&path, edited).unwrap();
    let words = ["edited.http", "--to", &receiver.url];
    let ended = folder.run(&words);
    assert_eq!((ended.code, &*ended.stdout), (2, ""));
    assert!(
        ended
            .stderr
            .starts_with("error: edited.http was edited since it was received\n")
    );
    let flags = ["--edited", "--resign", "env:SYSTEME_WEBHOOK_SECRET"];
    folder.run(&[&words[..], &flags].concat()).good();
    let sent = request(&receiver);
    assert_eq!(
        header(&sent, "x-webhook-signature"),
        sign(SECRET, sent.body())
    );
}

#[test]
fn a_choice_is_sent_in_the_order_of_receipt() {
    let (folder, receiver) = (Folder::new(), Receiver::accepting());
    let other = captured(&Sample::of("SALE_NEW").signed_with("another secret"));
    folder.record("aaaaaa", 300, sale());
    folder.record("cccccc", 20, tag());
    folder.record("bbbbbb", 10, other);
    let ids = |words: &[&str]| -> Vec<String> {
        let ended = folder.run(&[words, &["--to", &receiver.url, "--json"]].concat());
        let json = ended.json();
        json.iter()
            .map(|line| line["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(ids(&["--event", "SALE_*"]), ["aaaaaa", "bbbbbb"]);
    assert_eq!(ids(&["--since", "1h"]), ["cccccc", "bbbbbb"]);
    assert_eq!(ids(&["--until", "15m", "--since", "1h"]), ["cccccc"]);
    assert_eq!(ids(&["--last", "2"]), ["cccccc", "bbbbbb"]);
    assert_eq!(ids(&["--refused"]), ["cccccc", "bbbbbb"]);
    assert_eq!(ids(&["b", "a"]), ["bbbbbb", "aaaaaa"]);
    let dry = folder.run(&["--last", "3", "--dry-run"]).good();
    assert_eq!(dry.stdout.lines().count(), 3);
    assert_eq!(dry.stderr, "3 deliveries would be sent\n");
}

#[test]
fn failures_in_a_row_end_it() {
    let (folder, receiver) = (Folder::new(), Receiver::answering(500, ""));
    for number in 0..7 {
        folder.record(&format!("aaaaa{number}"), 20 - number, sale());
    }
    let ended = folder.run(&["--last", "9", "--to", &receiver.url]);
    assert_eq!((ended.code, ended.stdout.lines().count()), (1, 5));
    let words = "5 sent, 0 ok\nstopped after 5 failures in a row, 2 deliveries not sent: \
                 `--keep-going` goes on\n";
    assert_eq!(ended.stderr, words);
    let ended = folder.run(&["--last", "9", "--to", &receiver.url, "--keep-going"]);
    assert_eq!((ended.code, ended.stdout.lines().count()), (1, 7));
    let url = nowhere();
    let ended = folder.run(&["--last", "9", "--to", &url, "--parallel", "4"]);
    assert_eq!(ended.code, 3);
    let error = format!(
        "error: nothing listens at {url} (tried 127.0.0.1)\n  start the receiver, or see \
         `siohook doctor {url}`\n"
    );
    assert!(ended.stderr.ends_with(&error), "{ended:?}");
}

#[test]
fn other_machines_get_several_only_if_the_user_wants_it() {
    let folder = Folder::new();
    folder.record("aaaaaa", 20, sale());
    folder.record("bbbbbb", 10, sale());
    let url = "http://203.0.113.9:9/systeme";
    let ended = folder.run(&["--last", "2", "--to", url]);
    assert_eq!((ended.code, &*ended.stdout), (2, ""));
    assert!(
        ended
            .stderr
            .contains("send 2 deliveries to http://203.0.113.9:9?"),
        "{ended:?}"
    );
    assert!(ended.stderr.contains("`--yes`"));
}

#[test]
fn what_is_known_to_the_receiver_is_said() {
    let folder = Folder::new();
    folder.record("aaaaaa", 20, sale());
    let receiver = Receiver::answering(200, r#"{"outcome":"done_before"}"#);
    let ended = folder.run(&["@1", "--to", &receiver.url]).good();
    assert!(
        ended.stderr.contains("`--as new` runs handlers again"),
        "{ended:?}"
    );
    let json = folder
        .run(&["@1", "--to", &receiver.url, "--as", "attempt", "--json"])
        .good()
        .json();
    let line = &json[0];
    assert_eq!(
        (&line["type"], &line["as"]),
        (&json!("replayed"), &json!("attempt"))
    );
    assert_eq!(
        (&line["status"], &line["outcome"]),
        (&json!(200), &json!("done_before"))
    );
}

#[test]
fn what_can_t_be_chosen_is_exit_2() {
    let folder = Folder::new();
    folder.record("aaaaaa", 20, sale());
    for (words, message) in [
        (&[][..], "write what to send: an id, a file, or a choice"),
        (&["@1", "--failed"], "ids and files are a choice already"),
        (&["@2"], "there are 1 deliveries, so there is no @2"),
        (&["zzz"], "no delivery has the id `zzz`"),
        (&["@1"], "there is no receiver to send to"),
        (
            &["--since", "soon"],
            "invalid value 'soon' for '--since <TIME>'",
        ),
        (
            &["@1", "--rate", "5"],
            "invalid value '5' for '--rate <RATE>'",
        ),
        (
            &["@1", "--resign", "hunter2", "--to", "http://127.0.0.1:1"],
            "--resign takes where the secret is",
        ),
    ] {
        let ended = folder.run(words);
        assert_eq!((ended.code, &*ended.stdout), (2, ""), "{words:?} {ended:?}");
        assert!(ended.stderr.contains(message), "{ended:?}");
        assert!(!ended.stderr.contains("hunter2"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever lies in a folder, the program neither panics nor sends half a request.
    #[test]
    fn a_folder_of_any_files_is_survived(files in proptest::collection::vec(any::<Vec<u8>>(), 1..4)) {
        let folder = Folder::new();
        for (number, bytes) in files.iter().enumerate() {
            let name = format!("20261126T110213.48291{number}Z_k3f9q{number}_SALE_NEW.http");
            fs::write(folder.0.path().join(name), bytes).unwrap();
            let log = format!("20261126T110213.48291{number}Z_k3f9q{number}.log");
            fs::write(folder.0.path().join(log), bytes).unwrap();
        }
        let ended = folder.run(&["--last", "9", "--dry-run"]);
        prop_assert!([0, 2].contains(&ended.code), "{:?}", ended);
        let ended = folder.run(&["@1", "--dry-run"]);
        prop_assert!([0, 2].contains(&ended.code), "{:?}", ended);
    }
}
