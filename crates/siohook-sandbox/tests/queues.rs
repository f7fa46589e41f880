//! Queues, and what changes while messages wait.

mod account;
mod receiver;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use account::{Account, sale, sender, webhook};
use receiver::{Receiver, read_request};
use siohook_sandbox::{
    AllowList, Client, Clock, Outcome, Pace, ResendError, Schedule, Sender, Settings, Status,
};
use siohook_sender::{headers, sign};
use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;
use tokio::time::timeout;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const ERROR: &str = "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n";

/// Waits for a change of any message. Without one, the test fails instead of hanging.
async fn until(sender: &Sender, is_done: impl Fn() -> bool) {
    let mut changes = sender.changes();
    while !is_done() {
        let change = timeout(Duration::from_secs(30), changes.recv()).await;
        change.expect("a message changes").unwrap();
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
    while most.load(Ordering::SeqCst) < 4 {
        tokio::task::yield_now().await;
    }
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
        ("ftp://localhost/", "neither `http://` nor `https://`"),
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

#[tokio::test]
async fn the_oldest_message_is_given_up_when_too_many_wait() {
    let receiver = Receiver::answering(vec![OK]).await;
    let (sender, account) = sender(Settings::default());
    let source = webhook("main");
    account.set(&source, &receiver.url(), "s");
    // Nothing is sent before this test awaits.
    let sale = sale(&source);
    let oldest = sender.send(sale.clone());
    let next = sender.send(sale.clone());
    for _ in 2..Settings::MOST_UNFINISHED {
        sender.send(sale.clone());
    }
    assert_eq!(status(&sender, &oldest), Status::Queued);
    let newest = sender.send(sale);
    let given_up = sender.message(&oldest).unwrap();
    assert_eq!(given_up.status, Status::Cancelled);
    assert_eq!(
        given_up.attempts[0].error.as_deref(),
        Some("given up for a newer message, because 100000 were waiting")
    );
    assert_eq!(status(&sender, &next), Status::Queued);
    assert_eq!(status(&sender, &newest), Status::Queued);

    until(&sender, || status(&sender, &next) == Status::Delivered).await;
    let message = sender.message(&oldest).unwrap();
    assert_eq!(
        (message.status, message.attempts.len()),
        (Status::Cancelled, 1)
    );
}

#[tokio::test]
async fn long_answers_are_dropped_from_the_oldest_messages() {
    let body = "x".repeat(64 << 10);
    let length = body.len();
    let answer = format!("HTTP/1.1 500 Error\r\ncontent-length: {length}\r\n\r\n{body}");
    let receiver = Receiver::answering(vec![answer]).await;
    let (sender, account) = sender(Settings {
        retries: Schedule::none(),
        keep: 2000,
        ..Settings::default()
    });
    let source = webhook("main");
    account.set(&source, &receiver.url(), "s");
    for _ in 0..1030 {
        sender.send(sale(&source));
    }
    until(&sender, || {
        let messages = sender.messages();
        messages.iter().all(|one| one.status == Status::Exhausted)
    })
    .await;
    let lengths = sender.messages().into_iter();
    let lengths: Vec<_> = lengths.map(|one| one.attempts[0].body.len()).collect();
    // 1024 bodies are 64 MiB.
    assert_eq!(lengths[..6], [0; 6]);
    assert_eq!(lengths[6..], [length; 1024]);
}
