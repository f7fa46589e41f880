//! Whole requests to whole dispatchers. A request is accepted exactly if it is trusted,
//! and no text shows a secret or a part of the body.

#![no_main]

mod leaks;
mod request;
mod setup;

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use arbitrary::Arbitrary;
use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::Value;
use siohook::{Delivery, Outcome, Rejection, Report, Trust, account, on_event, unified};
use siohook_events::Shown;

use crate::request::Request;
use crate::setup::Setup;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    setup: Setup,
    request: request::Plan<'a>,
}

#[on_event("*")]
fn audit(delivery: &Delivery) {
    if let Err(mismatch) = delivery.data::<Value>() {
        leaks::assert_none_of(delivery.body(), &mismatch.to_string());
    }
}

#[on_event("SALE_NEW", "customer.sale.completed")]
fn sale(_: unified::Sale, _: Option<unified::Contact>) {}

#[on_event("SALE_CANCELED")]
fn cancellation(_: account::SaleCanceled) {}

#[on_event("CONTACT_*", "contact.*")]
fn contact(_: unified::Contact) {}

fuzz_target!(|input: Input<'_>| -> Corpus {
    let builder = input.setup.builder().on_report(check_report);
    // Refusals are diagnosed only if a function receives them.
    let Ok(dispatcher) = builder.on_reject(|_| ()).build() else {
        return Corpus::Reject;
    };
    let request = input.request.build();
    let trust = input.setup.trust(&request);
    let verified = dispatcher.verify(request.incoming());
    let reply = block_on(dispatcher.receive(request.incoming()));
    match verified {
        Err(rejection) => {
            let refused_trust = matches!(rejection.status(), 401 | 403);
            assert!(!(refused_trust && trust.is_some()), "{rejection}");
            assert_eq!(reply, rejection.reply());
            check_rejection(&rejection, &request, &input.setup);
        }
        Ok(delivery) => {
            assert_eq!(Some(delivery.trust()), trust);
            check_delivery(&delivery, &request);
            assert!(matches!(reply.status(), 200 | 422), "{reply:?}");
            // The arguments of a handler may not match an event outside the catalogue.
            // Then it runs again each time, and the sender still gets 200.
            if reply.status() == 200 && delivery.event().is_listed() {
                let again = block_on(dispatcher.receive(request.incoming()));
                assert_eq!(again.outcome().as_str(), "done_before");
            }
        }
    }
    Corpus::Keep
});

fn check_rejection(rejection: &Rejection, request: &Request, setup: &Setup) {
    let text = format!("{rejection} {rejection:?}");
    check_printed(&text, 1);
    for secret in setup.confidential() {
        assert!(!text.contains(secret), "{text}");
    }
    leaks::assert_none_of(&request.body, &text);
    leaks::assert_none_of(request.query.as_bytes(), &text);
    leaks::assert_none_of(
        request.first("x-webhook-signature").unwrap_or_default(),
        &text,
    );
}

/// Checks that a printed text has a limit, and that a request can't add lines to it.
fn check_printed(text: &str, lines: usize) {
    assert!(text.len() <= 16 * 1024, "{} bytes", text.len());
    assert!(text.lines().count() <= lines, "{text}");
    let controls = text.chars().filter(|letter| letter.is_control());
    assert_eq!(
        controls.filter(|letter| *letter != '\n').count(),
        0,
        "{text:?}"
    );
}

/// Checks that `Debug` shows only public values that are not personal.
fn check_delivery(delivery: &Delivery, request: &Request) {
    assert_eq!(
        format!("{delivery:?}"),
        format!(
            "Delivery {{ event: {:?}, mechanism: {:?}, message_id: {:?}, attempt_id: {:?}, occurred_at: {:?}, trust: {:?}, key: {:?}, .. }}",
            delivery.event(),
            delivery.mechanism(),
            delivery.message_id().map(Shown::value),
            delivery.attempt_id(),
            delivery.occurred_at(),
            delivery.trust(),
            delivery.key(),
        )
    );
    assert_eq!(delivery.body(), &request.body);
    // The header is not signed, so only a plain id may reach a log.
    if let Some(id) = delivery.attempt_id() {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        assert!(id.len() <= 64 && id.bytes().all(plain), "{id:?}");
    }
    // The signature of the body must not be in the log.
    if let Trust::Signed { .. } = delivery.trust() {
        let signature = request.first("x-webhook-signature").unwrap_or_default();
        let key = delivery.key().to_string();
        let fingerprint = &key.as_bytes()[key.len() - 32..];
        assert!(!signature.to_ascii_lowercase().starts_with(fingerprint));
    }
}

fn check_report(report: &Report) {
    let unread = report.delivery().unread().len();
    check_printed(&report.to_string(), 1 + unread + report.handlers().len());
    check_printed(&format!("{report:?}"), 1);
    for handler in report.handlers() {
        if let Outcome::Mismatch(mismatch) = handler.outcome() {
            leaks::assert_none_of(report.delivery().body(), &mismatch.to_string());
        }
    }
}

/// Polls once: the handlers are never pending.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a handler is pending"),
    }
}
