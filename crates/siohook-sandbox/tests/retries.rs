//! The schedule, with a clock that moves by hand.

mod account;
mod receiver;

use std::time::Duration;

use account::{sale, sender, start, webhook};
use receiver::Receiver;
use siohook_sandbox::{Message, Outcome, Outgoing, Pace, Schedule, Settings, Source, Status};
use siohook_sender::{Sample, headers, sign};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const ERROR: &str = "HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops";

/// Seconds from the start to each attempt.
fn seconds(message: &Message) -> Vec<i64> {
    let attempts = message.attempts.iter();
    attempts
        .map(|attempt| attempt.at.unix_seconds() - start().unix_seconds())
        .collect()
}

fn header(request: &str, name: &str) -> String {
    let prefix = format!("{name}: ");
    let line = request.lines().find_map(|line| line.strip_prefix(&*prefix));
    line.unwrap().to_owned()
}

#[tokio::test]
async fn it_fails_twice_and_is_delivered() {
    let receiver = Receiver::answering(vec![ERROR, ERROR, OK]).await;
    let (sender, account) = sender(Settings::default());
    let source = webhook("main");
    account.set(&source, &receiver.url(), "s");
    let sale = sale(&source);
    let body = sale.sample.body().clone();
    let id = sender.send(sale);

    sender.advance(Duration::ZERO).await.unwrap();
    let message = sender.message(&id).unwrap();
    assert_eq!(
        (message.status, seconds(&message)),
        (Status::Waiting, vec![0])
    );
    assert_eq!(
        message.next_attempt_at.unwrap().to_string(),
        "2026-09-28T07:41:18+00:00"
    );

    sender.advance(Duration::from_secs(3)).await.unwrap();
    assert_eq!(receiver.requests().len(), 1);
    sender.advance(Duration::from_secs(1)).await.unwrap();
    assert_eq!(receiver.requests().len(), 2);
    assert_eq!(
        sender.advance_until_idle().await.unwrap().to_string(),
        "2026-09-28T07:41:34+00:00"
    );

    let message = sender.message(&id).unwrap();
    assert_eq!(
        (message.status, seconds(&message)),
        (Status::Delivered, vec![0, 4, 20])
    );
    assert_eq!(message.next_attempt_at, None);
    let statuses: Vec<_> = message
        .attempts
        .iter()
        .map(|attempt| attempt.status)
        .collect();
    assert_eq!(statuses, [Some(500), Some(500), Some(200)]);
    assert_eq!(message.attempts[0].to_response(), ERROR.as_bytes());

    let requests = receiver.requests();
    for (request, attempt) in requests.iter().zip(&message.attempts) {
        assert_eq!(header(request, headers::MESSAGE_ID), id);
        assert_eq!(
            header(request, headers::EVENT_TIMESTAMP),
            message.occurred_at.to_string()
        );
        assert_eq!(header(request, headers::ATTEMPT_ID), attempt.id);
        assert_eq!(
            header(request, headers::ATTEMPT_TIMESTAMP),
            attempt.at.to_string()
        );
        assert_eq!(header(request, headers::SUBSCRIPTION_ID), "main-sales");
        assert_eq!(header(request, headers::SIGNATURE), sign("s", &body));
        assert_eq!(attempt.request().unwrap().to_http1(), request.as_bytes());
    }
    assert_ne!(message.attempts[0].id, message.attempts[1].id);
}

#[tokio::test]
async fn it_is_exhausted_after_12_attempts_in_four_days() {
    let receiver = Receiver::answering(vec![ERROR]).await;
    let (sender, account) = sender(Settings::default());
    let source = webhook("main");
    account.set(&source, &receiver.url(), "s");
    let id = sender.send(sale(&source));
    sender.advance_until_idle().await.unwrap();
    let message = sender.message(&id).unwrap();
    assert_eq!(message.status, Status::Exhausted);
    assert_eq!(
        seconds(&message),
        [
            0, 4, 20, 84, 340, 1364, 5460, 21_844, 87_380, 173_780, 260_180, 346_580
        ]
    );
    assert_eq!(receiver.requests().len(), 12);
}

#[tokio::test]
async fn a_lost_connection_is_retried() {
    let (sender, account) = sender(Settings {
        retries: "1s,1m".parse().unwrap(),
        ..Settings::default()
    });
    let source = webhook("main");
    account.set(&source, "http://127.0.0.1:1/", "s");
    let id = sender.send(sale(&source));
    sender.advance_until_idle().await.unwrap();
    let message = sender.message(&id).unwrap();
    assert_eq!(
        (message.status, seconds(&message)),
        (Status::Exhausted, vec![0, 1, 61])
    );
    assert_eq!(message.attempts[2].outcome, Outcome::Refused);
}

#[tokio::test]
async fn automations_get_one_attempt_unless_configured() {
    for (retries, attempts) in [("none", vec![0]), ("5s", vec![0, 5])] {
        let receiver = Receiver::answering(vec![ERROR]).await;
        let (sender, account) = sender(Settings {
            automation_retries: retries.parse().unwrap(),
            ..Settings::default()
        });
        let source = Source::Rule {
            rule: 3,
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
        let message = sender.message(&id).unwrap();
        assert_eq!(
            (message.status, seconds(&message)),
            (Status::Exhausted, attempts)
        );
        assert!(receiver.requests()[0].starts_with("POST /systeme?token=abc HTTP/1.1\r\n"));
    }
}

#[tokio::test]
async fn messages_of_one_moment_are_sent_before_the_next_moment() {
    let receiver = Receiver::answering(vec![ERROR]).await;
    let (sender, account) = sender(Settings {
        retries: "10s".parse().unwrap(),
        ..Settings::default()
    });
    let source = webhook("main");
    account.set(&source, &receiver.url(), "s");
    let mut order = vec![];
    for second in 0..5 {
        order.extend((0..3).map(|_| (second, sender.send(sale(&source)))));
        sender.advance(Duration::from_secs(1)).await.unwrap();
    }
    sender.advance_until_idle().await.unwrap();
    let requests = receiver.requests();
    let mut retried: Vec<_> = requests[15..]
        .iter()
        .map(|request| {
            let id = header(request, headers::MESSAGE_ID);
            order.iter().find(|(_, own)| *own == id).unwrap().0
        })
        .collect();
    let seen = retried.clone();
    retried.sort_unstable();
    assert_eq!(retried, seen);
    assert_eq!(requests.len(), 30);
}

#[tokio::test]
async fn a_running_clock_retries_by_itself() {
    let receiver = Receiver::answering(vec![ERROR, ERROR, OK]).await;
    let (sender, account) = sender(Settings::default());
    let source = webhook("main");
    account.set(&source, &receiver.url(), "s");
    let mut changes = sender.changes();
    sender.clock().set_pace("x1000".parse::<Pace>().unwrap());
    sender.send(sale(&source));
    let delivered = loop {
        let message = changes.recv().await.unwrap();
        if message.status == Status::Waiting {
            // A gap counts from the start of an attempt, however long that took.
            let attempt = message.attempts.last().unwrap();
            let gap = Duration::from_secs(4_u64.pow(attempt.n));
            assert_eq!(message.next_attempt_at, attempt.at.checked_add(gap));
        }
        if message.status.is_finished() {
            break message;
        }
    };
    assert_eq!(delivered.status, Status::Delivered);
    let attempts = &delivered.attempts;
    let at = |n: usize| attempts[n].at;
    assert!(at(1) >= at(0).checked_add(Duration::from_secs(4)).unwrap());
    assert!(at(2) >= at(1).checked_add(Duration::from_secs(16)).unwrap());
    assert!(sender.advance_until_idle().await.is_err());
}

#[tokio::test]
async fn the_settings_say_which_statuses_are_delivered() {
    let answer = |status| {
        let body = r#"{"error":"busy"}"#;
        let length = body.len();
        format!("HTTP/1.1 {status} A\r\nContent-Length: {length}\r\n\r\n{body}")
    };
    let receiver = Receiver::answering(vec![answer(409), answer(200)]).await;
    let (sender, account) = sender(Settings {
        retries: Schedule::none(),
        success: "201-299,409".parse().unwrap(),
        ..Settings::default()
    });
    let source = webhook("main");
    account.set(&source, &receiver.url(), "s");
    for (status, hint) in [
        (Status::Delivered, None),
        (Status::Exhausted, Some("the receiver says busy")),
    ] {
        let id = sender.send(sale(&source));
        sender.advance_until_idle().await.unwrap();
        let message = sender.message(&id).unwrap();
        assert_eq!(message.status, status);
        assert_eq!(message.attempts[0].hint.as_deref(), hint);
    }
}
