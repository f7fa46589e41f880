//! Commands about messages that were sent.

use serde_json::json;

use crate::receiver::Receiver;
use crate::run::Sandbox;

/// Sends two sales and a tag. Returns their ids, the latest first.
fn three(sandbox: &Sandbox, receiver: &Receiver) -> Vec<String> {
    for event in ["SALE_NEW", "contact.tag.added", "SALE_NEW"] {
        sandbox.run(&["fire", event, "--to", &receiver.url]);
    }
    let list = sandbox.run(&["messages"]).good().stdout;
    let id = |line: &str| line.split('\t').next().unwrap().to_owned();
    list.lines().map(id).collect()
}

#[test]
fn messages_are_filtered_and_limited() {
    let receiver = Receiver::in_turn(&[200, 200, 500]);
    let sandbox = Sandbox::start(&["--retries", "1h"]);
    let ids = three(&sandbox, &receiver);
    assert_eq!(ids.len(), 3);
    for (words, found) in [
        (&["--event", "SALE_NEW"][..], &[0, 2][..]),
        (&["--event", "SALE_NEW,contact.tag.added"], &[0, 1, 2]),
        (&["--status", "waiting"], &[0]),
        (&["--status", "delivered"], &[1, 2]),
        (&["--limit", "1"], &[0]),
        (&["--grep", "no such text & more=x"], &[]),
        (&["--grep", "vip"], &[1]),
    ] {
        let list = sandbox
            .run(&[&["messages", "--json"], words].concat())
            .good();
        let found: Vec<_> = found.iter().map(|index| json!(ids[*index])).collect();
        let listed: Vec<_> = list
            .json()
            .into_iter()
            .map(|line| line["id"].clone())
            .collect();
        assert_eq!(listed, found, "{words:?}");
    }
    let more = sandbox.run(&["messages", "-n", "2"]).good();
    assert_eq!(more.stderr, "there are more: --limit 4\n");
    assert_eq!(sandbox.run(&["messages", "--status", "lost"]).code, 2);
}

#[test]
fn a_message_is_named_by_its_place_or_a_part_of_its_id() {
    let receiver = Receiver::accepting();
    let sandbox = Sandbox::start(&[]);
    let ids = three(&sandbox, &receiver);
    let shown = |which: &str| {
        let shown = sandbox.run(&["show", which, "--json"]);
        assert_eq!(shown.code, 0, "{shown:?}");
        shown.json()[0]["id"].as_str().unwrap().to_owned()
    };
    let id = &ids[1];
    assert_eq!(shown(id), *id);
    assert_eq!(shown("@2"), *id);
    assert_eq!(shown(&id[..35]), *id);
    assert_eq!(shown(&format!("{}…{}", &id[..4], &id[28..])), *id);
    let attempt = sandbox.run(&["show", "@2.1", "--json"]).good().json();
    assert_eq!(
        (&attempt[0]["type"], &attempt[0]["attempt"]["n"]),
        (&json!("attempt"), &json!(1))
    );

    let first = &ids[0][..1];
    for (which, text) in [
        ("@4", "error: there are 3 messages, so there is no @4\n"),
        ("zzzz", "error: no message has such an id\n"),
        (first, "error: 3 messages have such an id\n"),
        ("@1.2", "error: the message has 1 attempts so far\n"),
        ("00000000-0000-7000-8000-000000000000", "error: "),
    ] {
        let ended = sandbox.run(&["show", which]);
        assert_eq!((ended.code, &*ended.stdout), (2, ""), "{ended:?}");
        assert!(ended.stderr.starts_with(text), "{ended:?}");
    }
}

#[test]
fn show_says_what_was_sent_and_answered() {
    let receiver = Receiver::answering(404, "{\"message\":\"a\\u001b[2Jb\"}");
    let sandbox = Sandbox::start(&["--to", &receiver.url]);
    sandbox.run(&["fire", "SALE_NEW"]);
    let sent = receiver.request();
    let shown = sandbox.run(&["show", "@1"]).good().stdout;
    for text in [
        "SALE_NEW\n",
        "→ 404 Not Found",
        "is the path of the URL right?",
        "x-webhook-signature",
        "\"customer\"",
    ] {
        assert!(shown.contains(text), "no {text:?} in {shown}");
    }
    assert!(!shown.contains('\u{1b}'));
    let mut raw = sandbox.command(&["show", "@1.1", "--raw"]);
    assert!(raw.output().unwrap().stdout == sent);
    assert_eq!(sandbox.run(&["show", "@1", "--raw", "--json"]).code, 2);
}

#[test]
fn a_message_is_sent_again_as_it_was_or_as_a_new_one() {
    let receiver = Receiver::accepting();
    let sandbox = Sandbox::start(&["--to", &receiver.url]);
    sandbox.run(&["fire", "SALE_NEW"]).good();
    let again = sandbox.run(&["resend", "@1", "--json"]).good().json();
    assert_eq!(again[0]["attempts"].as_array().unwrap().len(), 2);
    let new = sandbox
        .run(&["resend", "@1", "--as-new", "--json"])
        .good()
        .json();
    assert_ne!(new[0]["id"], again[0]["id"]);
    assert_eq!(sandbox.run(&["messages"]).good().stdout.lines().count(), 2);
}

#[test]
fn a_resend_is_judged_by_its_own_attempt() {
    let (receiver, go) = Receiver::waiting();
    let sandbox = Sandbox::start(&["--to", &receiver.url]);
    go.send(()).unwrap();
    sandbox.run(&["fire", "SALE_NEW"]).good();
    let again = sandbox.run(&["resend", "@1", "--wait", "1ms"]);
    assert_eq!(again.code, 3, "{again:?}");
    let columns: Vec<_> = again.stdout.split('\t').collect();
    assert_eq!(columns[3..5], ["delivering", ""], "{again:?}");
}

#[test]
fn wait_ends_when_there_are_enough() {
    let receiver = Receiver::accepting();
    let sandbox = Sandbox::start(&["--to", &receiver.url]);
    let words = [
        "wait",
        "--event",
        "SALE_NEW",
        "--status",
        "delivered",
        "--count",
        "2",
    ];
    let mut waiting = sandbox.command(&[&words[..], &["--timeout", "1m"]].concat());
    let waiting = waiting
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    sandbox.run(&["fire", "SALE_NEW", "--times", "2"]).good();
    let ended = waiting.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    assert_eq!(String::from_utf8(ended.stdout).unwrap().lines().count(), 2);

    let few = sandbox.run(&["wait", "--count", "3", "--timeout", "1ms"]);
    assert_eq!((few.code, few.stdout.lines().count()), (1, 2), "{few:?}");
    assert!(
        few.stderr
            .starts_with("error: 2 of 3 messages came in time\n"),
        "{few:?}"
    );
}

#[test]
fn a_clock_that_is_moved_by_hand_brings_the_retries() {
    let receiver = Receiver::in_turn(&[500, 500, 200]);
    let words = [
        "--clock",
        "manual",
        "--now",
        "2026-01-01T00:00:00Z",
        "--retries",
        "1h,24h",
    ];
    let sandbox = Sandbox::start(&[&words[..], &["--to", &receiver.url]].concat());
    assert_eq!(sandbox.run(&["fire", "SALE_NEW"]).code, 1);
    let clock = sandbox.run(&["advance", "1h"]).good();
    assert_eq!(clock.stdout, "2026-01-01T01:00:00+00:00\n");
    let waiting = sandbox
        .run(&["messages", "--status", "waiting", "--json"])
        .good()
        .json();
    assert_eq!(waiting[0]["next_attempt_at"], "2026-01-02T01:00:00+00:00");
    let idle = sandbox.run(&["advance", "--until-idle"]).good();
    assert_eq!(idle.stdout, "2026-01-02T01:00:00+00:00\n");
    let shown = sandbox.run(&["show", "@1", "--json"]).good().json();
    assert_eq!(shown[0]["status"], "delivered");
    assert_eq!(shown[0]["attempts"].as_array().unwrap().len(), 3);
    let clock = sandbox.run(&["advance", "2d", "--json"]).good().json();
    assert_eq!(clock[0]["type"], "clock");

    let real = Sandbox::start(&[]);
    let ended = real.run(&["advance", "1h"]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.contains("manual"), "{ended:?}");
}
