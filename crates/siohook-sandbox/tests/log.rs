//! The log: what is kept, shown and sent again.

mod account;
mod receiver;

use std::sync::Arc;
use std::time::Duration;

use account::{sale, sender, start, webhook};
use receiver::Receiver;
use siohook_sandbox::{Message, Outgoing, ResendError, Sender, Settings, Source, Status};
use siohook_sender::{Sample, headers};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const ERROR: &str = "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n";

fn status(sender: &Sender, id: &str) -> Status {
    sender.message(id).unwrap().status
}

#[tokio::test]
async fn resending_keeps_message_and_schedule() {
    let receiver = Receiver::answering(vec![ERROR, ERROR, ERROR, OK, ERROR]).await;
    let (sender, account) = sender(Settings::default());
    let source = webhook("main");
    account.set(&source, &receiver.url(), "s");
    let id = sender.send(sale(&source));
    assert_eq!(sender.resend(&id), Err(ResendError::UnderWay));
    sender.advance(Duration::from_secs(1)).await.unwrap();
    let next = sender.message(&id).unwrap().next_attempt_at;

    sender.resend(&id).unwrap();
    sender.clock().idle().await;
    let message = sender.message(&id).unwrap();
    assert_eq!(
        (message.status, message.next_attempt_at),
        (Status::Waiting, next)
    );
    sender.advance(Duration::from_secs(3)).await.unwrap();
    let message = sender.message(&id).unwrap();
    // The second gap, because the attempt that was asked for does not count.
    let gap = message.next_attempt_at.unwrap().unix_seconds() - start().unix_seconds();
    assert_eq!((message.status, gap), (Status::Waiting, 20));

    sender.resend(&id).unwrap();
    sender.clock().idle().await;
    assert_eq!(status(&sender, &id), Status::Delivered);
    sender.advance_until_idle().await.unwrap();
    sender.resend(&id).unwrap();
    sender.clock().idle().await;
    let message = sender.message(&id).unwrap();
    assert_eq!(
        (message.status, message.next_attempt_at),
        (Status::Delivered, None)
    );
    let resent: Vec<_> = message
        .attempts
        .iter()
        .map(|attempt| attempt.resent)
        .collect();
    assert_eq!(resent, [false, true, false, true, true]);
    let mut ids: Vec<_> = message.attempts.iter().map(|attempt| &attempt.id).collect();
    ids.dedup();
    assert_eq!(ids.len(), 5);
    assert_eq!(sender.resend("unknown"), Err(ResendError::Unknown));
}

#[tokio::test]
async fn sending_as_new_makes_another_message() {
    let receiver = Receiver::answering(vec![OK]).await;
    let (sender, account) = sender(Settings::default());
    let rule = Source::Rule {
        rule: 1,
        url: receiver.url(),
    };
    account.set(&webhook("main"), &receiver.url(), "s");
    account.set(&rule, &receiver.url(), "s");
    let of_rule = |sample| Outgoing {
        source: rule.clone(),
        sample,
        contact: None,
    };
    let tag = Sample::of("contact.tag.added");
    let ids = [
        sender.send(sale(&webhook("main"))),
        sender.send(of_rule(tag.clone())),
        sender.send(of_rule(tag.with_body("not JSON"))),
    ];
    sender.advance(Duration::from_secs(60)).await.unwrap();
    let again = ids.clone().map(|id| sender.send_as_new(&id).unwrap());
    sender.advance_until_idle().await.unwrap();
    for (id, again) in ids.iter().zip(&again) {
        assert_ne!(id, again);
        let message = sender.message(again).unwrap();
        assert_eq!(message.status, Status::Delivered);
        assert_eq!(message.occurred_at, sender.clock().now());
    }
    let request = |id| sender.message(id).unwrap().request().unwrap();
    let id = (headers::MESSAGE_ID.to_owned(), again[0].clone());
    assert!(request(&again[0]).headers().contains(&id));
    let body = request(&again[1]).body().to_vec();
    assert!(
        String::from_utf8(body)
            .unwrap()
            .contains("2026-09-28T07:42:14+00:00")
    );
    assert_eq!(&**request(&again[2]).body(), b"not JSON");
    assert_eq!(sender.send_as_new("unknown"), Err(ResendError::Unknown));
}

#[tokio::test]
async fn the_oldest_finished_messages_are_dropped() {
    let failing = Receiver::answering(vec![ERROR]).await;
    let receiver = Receiver::answering(vec![OK]).await;
    let (sender, account) = sender(Settings {
        keep: 3,
        ..Settings::default()
    });
    account.set(&webhook("failing"), &failing.url(), "s");
    account.set(&webhook("main"), &receiver.url(), "s");
    let waiting = sender.send(sale(&webhook("failing")));
    let mut ids = vec![];
    for _ in 0..5 {
        ids.push(sender.send(sale(&webhook("main"))));
        sender.advance(Duration::ZERO).await.unwrap();
    }
    let kept: Vec<_> = sender
        .messages()
        .iter()
        .map(|message| message.id.to_string())
        .collect();
    assert_eq!(kept, [std::slice::from_ref(&waiting), &ids[2..]].concat());

    assert!(sender.remove(&waiting));
    assert!(!sender.remove(&waiting));
    sender.advance_until_idle().await.unwrap();
    assert_eq!(failing.connections(), 1);
    sender.clear();
    assert!(sender.messages().is_empty());
}

#[tokio::test]
async fn a_seed_makes_the_same_ids() {
    let ids = async || {
        let receiver = Receiver::answering(vec![OK]).await;
        let (sender, account) = sender(Settings {
            seed: Some(7),
            ..Settings::default()
        });
        let source = Source::Workflow {
            workflow: 2,
            url: receiver.url(),
        };
        account.set(&source, &receiver.url(), "abc");
        let sample = Sample::of("contact.tag.added");
        let id = sender.send(Outgoing {
            source,
            sample,
            contact: None,
        });
        sender.advance_until_idle().await.unwrap();
        let attempt = sender.message(&id).unwrap().attempts[0].id.clone();
        (id, attempt)
    };
    let (first, second) = (ids().await, ids().await);
    assert_eq!(first, second);
    assert_ne!(first.0, first.1);
    // 2026-09-28T07:41:14 in milliseconds, and the version.
    assert!(first.0.starts_with("01a0e6f5-f590-7"), "{}", first.0);
}

#[tokio::test]
async fn messages_are_json() {
    let answer =
        "HTTP/1.1 401 No\r\nX-A: b\r\nContent-Length: 26\r\n\r\n{\"outcome\":\"unauthorized\"}";
    let receiver = Receiver::answering(vec![answer]).await;
    let (sender, account) = sender(Settings::default());
    let source = webhook("main");
    account.set(&source, &receiver.url(), "s");
    let id = sender.send(sale(&source));
    let message = |id: &str| serde_json::to_value(&*sender.message(id).unwrap()).unwrap();
    assert_eq!(message(&id)["request"], serde_json::Value::Null);
    sender.advance(Duration::ZERO).await.unwrap();
    let json = message(&id);
    let stored: Arc<Message> = sender.message(&id).unwrap();
    let request = stored.request().unwrap();
    let expected = serde_json::json!({
        "id": id,
        "mechanism": "account",
        "event": "SALE_NEW",
        "status": "waiting",
        "webhook": "main",
        "subscription": "main-sales",
        "rule": null,
        "workflow": null,
        "contact": 7,
        "occurred_at": stored.occurred_at.to_string(),
        "next_attempt_at": "2026-09-28T07:41:18+00:00",
        "request": {
            "method": "POST",
            "url": receiver.url(),
            "headers": request.headers(),
            "body": String::from_utf8(request.body().to_vec()).unwrap(),
            "sha256": json["request"]["sha256"],
        },
        "attempts": [{
            "n": 1,
            "id": stored.attempts[0].id,
            "at": "2026-09-28T07:41:14+00:00",
            "ms": stored.attempts[0].ms,
            "outcome": "status",
            "status": 401,
            "headers": [["X-A", "b"], ["Content-Length", "26"]],
            "body": "{\"outcome\":\"unauthorized\"}",
            "error": null,
            "resent": false,
            "hint": "the receiver says unauthorized: is its secret the webhook's?",
            "chaos": [],
        }],
        "chaos": [],
    });
    assert_eq!(json, expected);
    assert_eq!(json["request"]["sha256"].as_str().unwrap().len(), 64);
    for status in Status::ALL {
        assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
    }
}

#[tokio::test]
async fn two_messages_with_one_id_are_both_kept() {
    let receiver = Receiver::answering(vec![OK]).await;
    let (sender, account) = sender(Settings::default());
    account.set(&webhook("main"), &receiver.url(), "s");
    let one = sale(&webhook("main"));
    let (first, second) = (sender.send(one.clone()), sender.send(one.clone()));
    assert_eq!(Some(&*first), one.sample.message_id());
    assert_ne!(first, second);
    sender.advance_until_idle().await.unwrap();
    let sent = receiver.requests();
    assert!(sent.iter().all(|request| request.contains(&first)));
    assert_eq!(sent.len(), 2);
}
