//! What a sandbox writes about its attempts.

use crate::receiver::Receiver;
use crate::run::{Sandbox, call};

#[test]
fn each_attempt_has_a_line() {
    let receiver = Receiver::in_turn(&[404, 200]);
    let to = format!("{}?shop=7", receiver.url);
    let words = [
        "--clock",
        "manual",
        "--now",
        "2026-01-01T00:00:00Z",
        "--retries",
        "1h",
        "--to",
        &to,
    ];
    let mut sandbox = Sandbox::start(&words);
    sandbox.run(&["fire", "SALE_NEW"]);
    let first = sandbox.line();
    let cells: Vec<_> = first.split('\t').collect();
    let [at, event, _, url, answer, _, next, hint] = cells[..] else {
        panic!("{first}");
    };
    assert_eq!(at, "2026-01-01T00:00:00+00:00");
    assert_eq!((event, url), ("SALE_NEW", &*receiver.url));
    assert_eq!(
        (answer, next),
        ("404 Not Found", "2026-01-01T01:00:00+00:00")
    );
    assert_eq!(hint, "is the path of the URL right?");
    sandbox.run(&["advance", "1h"]).good();
    assert!(sandbox.line().contains("\t200 OK\t"));
    // A finished message is known when it is sent again.
    sandbox.run(&["resend", "@1"]).good();
    assert!(sandbox.line().contains("\t200 OK\t"));
    sandbox.run(&["fire", "contact.tag.added"]).good();
    assert!(sandbox.line().contains("\tcontact.tag.added\t"));
}

#[test]
fn each_attempt_is_an_object() {
    let receiver = Receiver::accepting();
    let mut sandbox = Sandbox::start(&["--log", "json", "--to", &receiver.url]);
    sandbox.run(&["fire", "contact.tag.added"]).good();
    let line: serde_json::Value = serde_json::from_str(&sandbox.line()).unwrap();
    assert_eq!(
        (&line["type"], &line["to"]),
        (&"attempt".into(), &(*receiver.url).into())
    );
    assert_eq!(line["attempt"]["status"], 200);
}

#[test]
fn what_went_wrong_on_purpose_is_marked() {
    let receiver = Receiver::accepting();
    let words = [
        "--clock",
        "manual",
        "--retries",
        "1s",
        "--to",
        &receiver.url,
    ];
    let mut sandbox = Sandbox::start(&words);
    let chaos = r#"{"account": {"drop": 1, "duplicate": 1, "delay": ["1s", "1s"]}}"#;
    call(&sandbox.url, "PUT", "/chaos", chaos).unwrap();
    sandbox.run(&["fire", "SALE_NEW"]);
    sandbox.run(&["advance", "1s"]).good();
    let last = |line: String| line.rsplit('\t').next().unwrap().to_owned();
    assert_eq!(last(sandbox.line()), "chaos: delay, drop");
    assert_eq!(last(sandbox.line()), "chaos: duplicate, drop");
    let shown = sandbox.run(&["show", "@1"]).good().stdout;
    assert!(shown.contains("\n  chaos: duplicate, drop\n"), "{shown}");
}
