//! What senders are answered, and what is passed on.

use std::io::Write as _;
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use siohook_sender::Sample;

use super::{Listener, answer, body, sale, status};
use crate::receiver::{Receiver, nowhere};
use crate::run::{SECRET, TOKEN, run};

fn tag() -> Vec<u8> {
    let tag = Sample::of("contact.tag.added").token(TOKEN);
    tag.request("/systeme").unwrap().to_http1()
}

#[test]
fn without_a_receiver_a_delivery_is_answered_when_it_is_recorded() {
    let mut listener = Listener::start(&[]);
    let answer = listener.send(&sale());
    assert_eq!(
        (status(&answer), body(&answer)),
        ("200", r#"{"outcome":"recorded"}"#)
    );
    let delivery = listener.json();
    assert_eq!(
        (
            &delivery["event"],
            &delivery["mechanism"],
            &delivery["attempt"]
        ),
        (&"SALE_NEW".into(), &"account".into(), &1.into())
    );
    let verdict = json!({"trusted": true, "by": "secret", "label": "SYSTEME_WEBHOOK_SECRET"});
    assert_eq!(delivery["verdict"], verdict);
    assert_eq!(
        listener.deeds_at_end(),
        [json!({"type": "answered", "status": 200})]
    );
}

#[test]
fn the_answer_of_the_receiver_is_relayed() {
    let receiver = Receiver::answering(418, r#"{"outcome":"failed"}"#);
    let mut listener = Listener::start(&["--forward-to", &receiver.url]);
    let answer = listener.send(&tag());
    assert_eq!(
        (status(&answer), body(&answer)),
        ("418", r#"{"outcome":"failed"}"#)
    );
    let (delivery, forward) = (listener.json(), listener.json());
    assert_eq!(delivery["verdict"]["by"], "token");
    assert_eq!(
        (&forward["type"], &forward["id"], &forward["to"]),
        (&"forward".into(), &delivery["id"], &(&*receiver.url).into())
    );
    assert_eq!(
        (&forward["status"], &forward["outcome"]),
        (&418.into(), &"failed".into())
    );
    assert!(forward["elapsed_ms"].is_u64() && forward["answered"].is_null());
    let deeds = listener.deeds_at_end();
    assert_eq!(
        (&deeds[0]["type"], &deeds[0]["status"]),
        (&"forward".into(), &418.into())
    );
    assert_eq!(deeds[1], json!({"type": "answered", "status": 418}));
}

#[test]
fn a_receiver_that_is_down_is_502_and_can_be_sent_it_again() {
    let to = nowhere();
    let mut listener = Listener::start(&["--forward-to", &to]);
    let answer = listener.send(&sale());
    let expected = r#"{"outcome":"receiver_unreachable"}"#;
    assert_eq!((status(&answer), body(&answer)), ("502", expected));
    let (delivery, forward) = (listener.json(), listener.json());
    let expected = json!({
        "type": "forward", "id": delivery["id"], "to": to, "error": "receiver_unreachable",
        "answered": 502,
    });
    assert_eq!(forward, expected);
    let expected = [
        json!({"type": "forward", "to": to, "error": "receiver_unreachable"}),
        json!({"type": "answered", "status": 502}),
    ];
    assert_eq!(listener.deeds_at_end(), expected);
    let receiver = Receiver::accepting();
    listener
        .run(&["replay", "--failed", "--to", &receiver.url])
        .good();
    receiver.request();
}

#[test]
fn answers_are_given_in_turn() {
    let receiver = Receiver::accepting();
    let words = ["--respond", "500,204,302", "--forward-to", &receiver.url];
    let mut listener = Listener::start(&words);
    for expected in ["500", "204", "302", "302"] {
        assert_eq!(status(&listener.send(&sale())), expected);
        receiver.request();
    }
    let last = std::iter::repeat_with(|| listener.json())
        .take(8)
        .last()
        .unwrap();
    assert_eq!(
        (&last["status"], &last["answered"]),
        (&200.into(), &json!(null))
    );
}

#[test]
fn an_answer_can_be_early_or_late() {
    let (receiver, go) = Receiver::waiting();
    let words = ["--answer", "recorded", "--delay", "300ms"];
    let mut listener = Listener::start(&[&words[..], &["--forward-to", &receiver.url]].concat());
    let start = Instant::now();
    assert_eq!(status(&listener.send(&sale())), "200");
    assert!(start.elapsed() >= Duration::from_millis(300));
    receiver.request();
    assert_eq!(listener.json()["type"], "delivery");
    go.send(()).unwrap();
    assert_eq!(listener.json()["type"], "forward");
}

#[test]
fn a_slow_receiver_keeps_no_delivery_from_being_recorded() {
    let (receiver, go) = Receiver::waiting();
    let words = ["--answer", "recorded", "--forward-to", &receiver.url];
    let mut listener = Listener::start(&words);
    for _ in 0..70 {
        assert_eq!(status(&listener.send(&sale())), "200");
    }
    listener.signal("TERM");
    listener.word_line("deliveries in hand");
    drop(go);
    let (code, lines) = listener.end();
    assert_eq!((code, lines.len()), (Some(0), 141));
}

#[test]
fn a_sender_may_close_its_side_when_it_has_sent() {
    let (receiver, go) = Receiver::waiting();
    let listener = Listener::start(&["--forward-to", &receiver.url]);
    let mut stream = TcpStream::connect(listener.address()).unwrap();
    stream.write_all(&sale()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    receiver.request();
    thread::sleep(Duration::from_millis(100));
    go.send(()).unwrap();
    assert_eq!(status(&answer(&mut stream)), "200");
}

#[test]
fn a_sender_that_hangs_up_changes_nothing() {
    let (receiver, go) = Receiver::waiting();
    let mut listener = Listener::start(&["--forward-to", &receiver.url]);
    let mut stream = TcpStream::connect(listener.address()).unwrap();
    stream.write_all(&sale()).unwrap();
    receiver.request();
    drop(stream);
    go.send(()).unwrap();
    listener.json();
    assert_eq!(listener.json()["status"], 200);
    listener.signal("TERM");
    assert_eq!(listener.end().0, Some(0));
    assert_eq!(listener.deeds().len(), 2);
}

#[test]
fn what_is_passed_on_can_be_chosen() {
    let receiver = Receiver::accepting();
    let words = [
        "--forward-only",
        "SALE_*",
        "--forward-only",
        "contact.page.visited",
    ];
    let mut listener = Listener::start(&[&words[..], &["--forward-to", &receiver.url]].concat());
    assert_eq!(body(&listener.send(&tag())), r#"{"outcome":"recorded"}"#);
    assert_eq!(body(&listener.send(&sale())), r#"{"outcome":"done"}"#);
    let types = std::iter::repeat_with(|| listener.json()["type"].clone()).take(3);
    assert_eq!(
        types.collect::<Vec<_>>(),
        ["delivery", "delivery", "forward"]
    );

    let mut listener = Listener::start(&["--forward-verified", "--forward-to", &receiver.url]);
    let forged = Sample::of("SALE_NEW").signed_with("another secret");
    let forged = forged.request("/systeme").unwrap().to_http1();
    assert_eq!(body(&listener.send(&forged)), r#"{"outcome":"recorded"}"#);
    assert_eq!(body(&listener.send(&sale())), r#"{"outcome":"done"}"#);
    let verdict = &listener.json()["verdict"];
    assert_eq!(
        (&verdict["trusted"], &verdict["code"]),
        (&json!(false), &"signature_wrong".into())
    );
}

#[test]
fn attempts_of_a_message_are_counted_from_start_to_start() {
    let folder = tempfile::tempdir().unwrap();
    let request = sale();
    let mut listener = Listener::start_in(folder, &["--json"]);
    for attempt in [1, 2] {
        listener.send(&request);
        assert_eq!(listener.json()["attempt"], attempt);
    }
    listener.signal("INT");
    assert_eq!(listener.end().0, Some(0));
    let Listener { folder, .. } = listener;
    let mut listener = Listener::start_in(folder, &["--json"]);
    listener.send(&request);
    assert_eq!(listener.json()["attempt"], 3);
}

#[test]
fn what_needs_something_else_is_exit_2() {
    for (words, part) in [
        (
            &["--answer", "receiver"][..],
            "`--answer receiver` needs a receiver",
        ),
        (
            &["--forward-only", "SALE_*"],
            "`--forward-only` needs a receiver",
        ),
        (
            &["--forward-verified"],
            "`--forward-verified` needs a receiver",
        ),
        (
            &["--forward-verified", "--forward-to", "http://127.0.0.1:1"],
            "no secret",
        ),
        (&["--forward-to", "ftp://127.0.0.1"], "http"),
        (
            &[
                "--listen",
                "127.0.0.1:17464",
                "--forward-to",
                "http://localhost:17464",
            ],
            "itself",
        ),
        (&["--respond", "99"], "from 200 to 599"),
        (
            &["--respond", "200", "--answer", "recorded"],
            "cannot be used with",
        ),
        (&["--path", "systeme"], "a path such as `/systeme`"),
        (&["--within", "1s"], "--exit-after"),
        (&["--keep", "soon"], "or `forever`"),
        (&["--secret", SECRET], "takes where"),
    ] {
        let store = tempfile::tempdir().unwrap();
        let store = ["--store", store.path().to_str().unwrap(), "listen"];
        let ended = run(&[&store[..], words].concat());
        assert_eq!((ended.code, &*ended.stdout), (2, ""), "{words:?} {ended:?}");
        assert!(ended.stderr.contains(part), "{words:?} {ended:?}");
        assert!(!ended.stderr.contains(SECRET), "{ended:?}");
    }
}

#[test]
fn a_body_can_come_in_parts() {
    let listener = Listener::start(&[]);
    let mut stream = TcpStream::connect(listener.address()).unwrap();
    for part in sale().chunks(200) {
        stream.write_all(part).unwrap();
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(status(&answer(&mut stream)), "200");
}
