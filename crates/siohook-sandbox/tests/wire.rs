//! Requests, byte for byte as they were captured.

mod receiver;

use receiver::Receiver;
use siohook_events::Mechanism;
use siohook_sandbox::{AllowList, Client, Outcome};
use siohook_sender::Sample;

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
