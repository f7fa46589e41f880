//! Requests, byte for byte as they were captured.

mod account;
mod receiver;

use std::time::Duration;

use account::{sale, sender, webhook};
use receiver::Receiver;
use siohook_events::Mechanism;
use siohook_sandbox::{AllowList, Client, Outcome, Outgoing, Settings, Source};
use siohook_sender::{Sample, sign};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Odd: a\r\n\r\nok";

async fn sent(sample: Sample, mechanism: Mechanism) -> (String, String) {
    let receiver = Receiver::answering(vec![OK]).await;
    let request = sample.request(&receiver.url()).unwrap();
    let answer = Client::new(AllowList::new())
        .send(&request, mechanism)
        .await;
    assert_eq!(
        (answer.outcome, answer.status),
        (Outcome::Status, Some(200))
    );
    assert_eq!(&*answer.body, b"ok");
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        answer.headers,
        [header("Content-Length", "2"), header("X-Odd", "a")]
    );
    assert_eq!(answer.error, None);
    let request = receiver.requests().pop().unwrap();
    (request, receiver.address.to_string())
}

#[tokio::test]
async fn a_captured_sale() {
    let sale = Sample::of("SALE_NEW").with_fixed_ids();
    let (request, host) = sent(sale, Mechanism::Account).await;
    let body = include_str!("../../siohook-sender/fixtures/account/SALE_NEW.json");
    let length = body.len();
    // The signature is that of `openssl dgst -sha256 -hmac 'correct horse battery staple'`.
    let expected = format!(
        "POST /systeme HTTP/1.1\r\n\
         content-length: {length}\r\n\
         accept-encoding: gzip\r\n\
         x-webhook-schema-version: 2\r\n\
         x-webhook-signature: b65241aeaeb769824c8dcf352b9fb5bef263f87cfeb9ed56f6d9ff50ef7ab219\r\n\
         x-webhook-delivery-attempt-timestamp: 2026-09-28T07:41:14+00:00\r\n\
         x-webhook-delivery-attempt-id: 01a0e6f0-4f02-7a11-8c44-0d9b6a5e3f77\r\n\
         x-webhook-event-timestamp: 2026-09-28T07:41:13+00:00\r\n\
         x-webhook-event: SALE_NEW\r\n\
         x-webhook-subscription-id: 01a0e461-0000-7b5b-b3cb-4b3aceac6b6c\r\n\
         x-webhook-message-id: 01a0e6f0-4c11-7d20-9f3e-5b1c2a7d9e01\r\n\
         user-agent: SystemeIO-Webhook\r\n\
         accept: application/json\r\n\
         content-type: application/json\r\n\
         host: {host}\r\n\
         \r\n\
         {body}"
    );
    assert_eq!(request, expected);
}

#[tokio::test]
async fn a_captured_enrolment() {
    let enrolment = Sample::of("contact.course.enrolled").token("abc");
    let (request, host) = sent(enrolment, Mechanism::Automation).await;
    let body =
        include_str!("../../siohook-sender/fixtures/automation/contact.course.enrolled.json");
    let length = body.len();
    let expected = format!(
        "POST /systeme?token=abc HTTP/1.1\r\n\
         content-length: {length}\r\n\
         content-type: application/json\r\n\
         accept-charset: ISO-8859-1,utf-8;q=0.7,*;q=0.7\r\n\
         accept-language: en-us,en;q=0.5\r\n\
         accept: application/json\r\n\
         user-agent: Symfony\r\n\
         host: {host}\r\n\
         \r\n\
         {body}"
    );
    assert_eq!(request, expected);
}

/// The request of a sender with these settings, and its host.
async fn sent_by(settings: Settings, outgoing: Outgoing) -> (String, String) {
    let receiver = Receiver::answering(vec![OK]).await;
    let (sender, account) = sender(settings);
    account.set(&outgoing.source, &receiver.url(), "abc");
    sender.send(outgoing);
    sender.advance_until_idle().await.unwrap();
    let request = receiver.requests().pop().unwrap();
    (request, receiver.address.to_string())
}

#[tokio::test]
async fn an_account_webhook_with_the_headers_that_are_off_by_default() {
    let sale = Outgoing {
        sample: Sample::of("SALE_NEW").with_fixed_ids(),
        ..sale(&webhook("main"))
    };
    let (plain, host) = sent_by(Settings::default(), sale.clone()).await;
    let settings = Settings {
        forwarded_for: Some("203.0.113.7".parse().unwrap()),
        sentry_headers: true,
        ..Settings::default()
    };
    let (traced, traced_host) = sent_by(settings, sale).await;

    let expected = plain
        .replace(
            "accept-encoding: gzip\r\n",
            "accept-encoding: gzip\r\n\
             sentry-trace: 7647b0dac1a16f7d3f2fd49c0a6ce6fa-08c36b9c23b480d0-0\r\n\
             baggage: sentry-trace_id=7647b0dac1a16f7d3f2fd49c0a6ce6fa,\
             sentry-public_key=0123456789abcdef0123456789abcdef,\
             sentry-environment=production,sentry-sampled=false\r\n",
        )
        .replace(
            &format!("host: {host}\r\n"),
            &format!("host: {traced_host}\r\nx-forwarded-for: 203.0.113.7\r\n"),
        );
    assert_eq!(traced, expected);
}

#[tokio::test]
async fn an_automation_has_the_forwarded_address_and_no_trace() {
    let rule = Source::Rule {
        rule: 1,
        url: String::new(),
    };
    let enrolment = Outgoing {
        sample: Sample::of("contact.course.enrolled"),
        ..sale(&rule)
    };
    let settings = Settings {
        forwarded_for: Some("2001:db8::7".parse().unwrap()),
        sentry_headers: true,
        ..Settings::default()
    };
    let (request, host) = sent_by(settings, enrolment).await;
    let (head, _) = request.split_once("\r\n\r\n").unwrap();
    let end = format!("user-agent: Symfony\r\nhost: {host}\r\nx-forwarded-for: 2001:db8::7");
    assert!(head.ends_with(&end), "{head}");
    assert!(!head.contains("sentry"), "{head}");
}

/// The requests of the attempts, after the target was edited between the first and the second.
#[tokio::test]
async fn requests_are_made_again_as_they_were_sent() {
    const ERROR: &str = "HTTP/1.1 500 Error\r\nContent-Length: 0\r\n\r\n";
    let rule = Source::Rule {
        rule: 1,
        url: String::new(),
    };
    let direct = |is_signed| Source::Direct {
        url: String::new(),
        is_signed,
        key: None,
    };
    for (event, source) in [
        ("SALE_NEW", webhook("main")),
        ("SALE_NEW", direct(true)),
        ("contact.tag.added", rule),
        ("contact.tag.added", direct(false)),
    ] {
        let receiver = Receiver::answering(vec![ERROR, OK]).await;
        let (sender, account) = sender(Settings {
            retries: "4s".parse().unwrap(),
            automation_retries: "4s".parse().unwrap(),
            forwarded_for: Some("203.0.113.7".parse().unwrap()),
            sentry_headers: true,
            ..Settings::default()
        });
        account.set(&source, &receiver.url(), "first&key");
        let id = sender.send(Outgoing {
            sample: Sample::of(event).header("x-odd", "a"),
            ..sale(&source)
        });
        sender.advance(Duration::ZERO).await.unwrap();
        let other = format!("http://{}?shop=7#part", receiver.address);
        account.set(&source, &other, "second/key");
        sender.advance_until_idle().await.unwrap();
        account.delete(&source);

        let message = sender.message(&id).unwrap();
        let made = message.attempts.iter().map(|attempt| {
            let request = attempt.request().unwrap().to_http1();
            String::from_utf8(request).unwrap()
        });
        let (made, sent) = (made.collect::<Vec<_>>(), receiver.requests());
        assert_eq!((&made, made.len()), (&sent, 2), "{event}");
        assert_eq!(message.request(), message.attempts[1].request());
        for (request, key) in sent.iter().zip(["first&key", "second/key"]) {
            let (_, body) = request.split_once("\r\n\r\n").unwrap();
            let proof = match message.mechanism() {
                Mechanism::Account => sign(key, body),
                _ => Sample::of(event).token(key).query(),
            };
            assert!(request.contains(&proof), "{request}");
        }
        let shown = format!("{message:?} {sender:?}");
        assert!(!shown.contains("first"), "{shown}");
        assert!(!shown.contains("second"), "{shown}");
    }
}

#[tokio::test]
async fn an_attempt_that_is_blocked_has_no_request() {
    let (sender, account) = sender(Settings::default());
    let source = webhook("main");
    account.set(&source, "https://shop.example.com/systeme", "key");
    let id = sender.send(sale(&source));
    sender.advance_until_idle().await.unwrap();
    let message = sender.message(&id).unwrap();
    assert_eq!(message.attempts.len(), 1);
    assert_eq!(message.attempts[0].request(), None);
    assert_eq!(message.request(), None);
}
