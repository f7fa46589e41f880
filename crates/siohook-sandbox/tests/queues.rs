//! Queues, the log, and what changes while messages wait.

mod account;
mod receiver;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use account::{Account, sale, sender, start, webhook};
use receiver::{Receiver, read_request};
use siohook_sandbox::{
    AllowList, Client, Clock, Message, Outcome, Outgoing, Pace, ResendError, Sender, Settings,
    Source, Status,
};
use siohook_sender::{Sample, headers, sign};
use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const ERROR: &str = "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n";

/// Waits for a change of any message.
async fn until(sender: &Sender, is_done: impl Fn() -> bool) {
    let mut changes = sender.changes();
    while !is_done() {
        changes.recv().await.unwrap();
    }
}

fn status(sender: &Sender, id: &str) -> Status {
    sender.message(id).unwrap().status
}

#[tokio::test]
async fn a_stuck_receiver_delays_no_other_and_gets_four_at_once() {
    let (open, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let release = Arc::new(Notify::new());
    let (highest, released) = (Arc::clone(&most), Arc::clone(&release));
    let stuck = Receiver::behaving(move |_, mut stream| {
        let (open, highest) = (Arc::clone(&open), Arc::clone(&highest));
        let released = Arc::clone(&released);
        Box::pin(async move {
            let now = open.fetch_add(1, Ordering::SeqCst) + 1;
            highest.fetch_max(now, Ordering::SeqCst);
            read_request(&mut stream).await;
            released.notified().await;
            open.fetch_sub(1, Ordering::SeqCst);
            stream.write_all(OK.as_bytes()).await.unwrap();
        })
    })
    .await;
    let other = Receiver::answering(vec![OK]).await;
    let (sender, account) = sender(Settings::default());
    account.set(&webhook("stuck"), &stuck.url(), "s");
    account.set(&webhook("other"), &other.url(), "s");
    let ids: Vec<_> = (0..10)
        .map(|_| sender.send(sale(&webhook("stuck"))))
        .collect();
    let of_other = sender.send(sale(&webhook("other")));
    until(&sender, || status(&sender, &of_other) == Status::Delivered).await;

    let with = |wanted| {
        ids.iter()
            .filter(|id| status(&sender, id) == wanted)
            .count()
    };
    until(&sender, || with(Status::Delivering) == 4).await;
    assert_eq!((with(Status::Queued), with(Status::Delivered)), (6, 0));
    for done in 1..=10 {
        release.notify_one();
        until(&sender, || with(Status::Delivered) == done).await;
    }
    assert_eq!((stuck.connections(), most.load(Ordering::SeqCst)), (10, 4));
}

#[tokio::test]
async fn an_edited_webhook_applies_to_the_next_attempt() {
    let old = Receiver::answering(vec![ERROR]).await;
    let new = Receiver::answering(vec![OK]).await;
    let (sender, account) = sender(Settings::default());
    let source = webhook("main");
    account.set(&source, &old.url(), "before");
    let sale = sale(&source);
    let body = sale.sample.body().clone();
    let id = sender.send(sale);
    sender.advance(Duration::ZERO).await.unwrap();
    account.set(&source, &new.url(), "after");
    sender.advance_until_idle().await.unwrap();
    assert_eq!(status(&sender, &id), Status::Delivered);
    assert_eq!((old.connections(), new.connections()), (1, 1));
    let signature = format!("{}: {}\r\n", headers::SIGNATURE, sign("after", body));
    assert!(new.requests()[0].contains(&signature));
}

#[tokio::test]
async fn a_deleted_webhook_cancels_what_waits() {
    let receiver = Receiver::answering(vec![ERROR]).await;
    let (sender, account) = sender(Settings::default());
    let (source, deleted) = (webhook("main"), webhook("deleted"));
    for source in [&source, &deleted] {
        account.set(source, &receiver.url(), "s");
    }
    let [at_once, due, kept] =
        [&deleted, &deleted, &source].map(|source| sender.send(sale(source)));
    sender.advance(Duration::ZERO).await.unwrap();
    account.delete(&deleted);
    sender.cancel_undeliverable();
    assert_eq!(status(&sender, &at_once), Status::Cancelled);
    assert_eq!(status(&sender, &due), Status::Cancelled);
    assert_eq!(status(&sender, &kept), Status::Waiting);

    account.delete(&source);
    sender.advance_until_idle().await.unwrap();
    let message = sender.message(&kept).unwrap();
    assert_eq!(
        (message.status, message.next_attempt_at),
        (Status::Cancelled, None)
    );
    assert_eq!(receiver.connections(), 3);

    let never = sender.send(sale(&source));
    assert_eq!(status(&sender, &never), Status::Cancelled);
    assert_eq!(sender.resend(&never), Err(ResendError::NoReceiver));
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
    let request = |id| sender.message(id).unwrap().request.clone().unwrap();
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
        .map(|message| message.id.clone())
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
async fn a_bad_success_rate_disables_the_subscription() {
    let receiver = Receiver::answering(vec![OK, ERROR]).await;
    let (sender, account) = sender(Settings {
        retries: "1s".parse().unwrap(),
        disable_below: "50%/3".parse().unwrap(),
        ..Settings::default()
    });
    let source = webhook("main");
    account.set(&source, &receiver.url(), "s");
    for _ in 0..3 {
        assert!(account.disabled().is_empty());
        sender.send(sale(&source));
        sender.advance_until_idle().await.unwrap();
    }
    assert_eq!(account.disabled(), std::slice::from_ref(&source));
    let late = sender.send(sale(&source));
    assert_eq!(status(&sender, &late), Status::Cancelled);
}

#[tokio::test]
async fn receivers_that_are_not_allowed_are_blocked() {
    let (sender, account) = sender(Settings::default());
    let source = webhook("main");
    for (url, error) in [
        (
            "https://shop.example.com/",
            "add `--allow shop.example.com`",
        ),
        ("http://169.254.169.254/", "add `--allow 169.254.169.254`"),
        ("ftp://localhost/", "neither `http` nor `https`"),
        ("http://me:pw@localhost/", "a user name or a password"),
        ("/systeme", "not the URL of a receiver"),
    ] {
        account.set(&source, url, "s");
        let id = sender.send(sale(&source));
        sender.advance_until_idle().await.unwrap();
        let message = sender.message(&id).unwrap();
        assert_eq!(
            (message.status, message.attempts.len()),
            (Status::Blocked, 1)
        );
        let attempt = &message.attempts[0];
        assert_eq!(attempt.outcome, Outcome::Blocked);
        assert!(
            attempt.error.as_ref().unwrap().contains(error),
            "{:?}",
            attempt.error
        );
    }
}

#[tokio::test]
async fn a_panic_of_the_directory_does_not_stop_the_queue() {
    let receiver = Receiver::answering(vec![OK]).await;
    let (sender, account) = sender(Settings::default());
    let source = webhook("main");
    account.set(&source, &receiver.url(), "s");
    let lost = sender.send(sale(&source));
    account.set(&source, "panic", "s");
    sender.clock().idle().await;
    assert_eq!(status(&sender, &lost), Status::Cancelled);
    account.set(&source, &receiver.url(), "s");
    let id = sender.send(sale(&source));
    sender.clock().idle().await;
    assert_eq!(status(&sender, &id), Status::Delivered);
}

#[tokio::test]
async fn a_closed_sender_starts_nothing() {
    let receiver = Receiver::answering(vec![OK]).await;
    let (sender, account) = sender(Settings::default());
    let source = webhook("main");
    account.set(&source, &receiver.url(), "s");
    let ids: Vec<_> = (0..10).map(|_| sender.send(sale(&source))).collect();
    sender.close().await;
    sender.send(sale(&source));
    sender.close().await;
    let delivered = ids
        .iter()
        .filter(|id| status(&sender, id) == Status::Delivered)
        .count();
    assert_eq!(delivered, receiver.connections());
    assert!(delivered <= 4);
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
    let request = stored.request.as_ref().unwrap();
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
        }],
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_messages_to_many_receivers_all_arrive() {
    let account = Arc::new(Account::default());
    let client = Client::new(AllowList::new());
    let directory: Arc<Account> = Arc::clone(&account);
    let sender = Sender::new(
        Clock::new(Pace::Real),
        client,
        directory,
        Settings::default(),
    );
    let receivers = [
        Receiver::answering(vec![OK]).await,
        Receiver::answering(vec![OK]).await,
    ];
    let sources = [webhook("a"), webhook("b")];
    for (source, receiver) in sources.iter().zip(&receivers) {
        account.set(source, &receiver.url(), "s");
    }
    let seen = Mutex::new(vec![]);
    for number in 0..200 {
        seen.lock()
            .unwrap()
            .push(sender.send(sale(&sources[number % 2])));
    }
    sender.clock().idle().await;
    let ids = seen.into_inner().unwrap();
    assert!(
        ids.iter()
            .all(|id| status(&sender, id) == Status::Delivered)
    );
    assert!(
        receivers
            .iter()
            .all(|receiver| receiver.requests().len() == 100)
    );
}
