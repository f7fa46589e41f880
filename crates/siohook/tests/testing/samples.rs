use serde_json::json;
use siohook::testing::{delivery, sample};
use siohook::{Incoming, Mechanism, account, unified};

use super::*;

#[test]
fn every_sample_is_trusted() {
    let (dispatcher, seen) = only("audit");
    let unlisted = [
        Sample::automation("contact.course.completed", json!({"course": 7})),
        Sample::account("COURSE_COMPLETED", json!({"course": 7})),
    ];
    for sample in Sample::all().into_iter().chain(unlisted) {
        let report = block_on(dispatcher.send(&sample));
        report.assert_done().assert_ran("audit");
        let delivery = report.report().delivery();
        assert_eq!(delivery.body(), sample.body());
        assert_eq!(delivery.message_id(), sample.message_id());
        assert_eq!(delivery.occurred_at(), sample.occurred_at());
        assert_eq!(seen.take(), [sample.event().as_str()]);
    }
}

#[test]
fn a_handler_can_be_called_with_a_payload() {
    let seen = Seen::default();
    handlers::tagged(sample(), siohook::State(seen.clone()));
    let sale: unified::Sale = sample::<account::SaleNew>().into();
    handlers::courses::grant(sale, siohook::State(seen.clone()));
    assert_eq!(
        seen.take(),
        ["MyAwesomeTag", "course for lea.martin@example.com"]
    );
}

#[test]
fn a_handler_can_be_called_with_a_delivery() {
    let seen = Seen::default();
    let sample = Sample::of("SALE_NEW");
    let sale = delivery(&sample);
    handlers::audit(&sale, siohook::State(seen.clone()));
    assert_eq!(seen.take(), ["SALE_NEW"]);
    assert_eq!(sale.message_id(), sample.message_id());
    assert_eq!(sale.mechanism(), Mechanism::Account);
    let text = panic_of(|| delivery(&Sample::of("SALE_NEW").unsigned()));
    assert!(text.contains("is refused: signature_missing: "), "{text}");
}

#[test]
fn a_delivery_has_the_envelope_of_its_sample() {
    let tag = Sample::of("contact.tag.added")
        .at("2027-01-01T01:00:00+01:00")
        .account_email("shop@example.com");
    assert_eq!(delivery(&tag).account_email(), Some("shop@example.com"));
    assert_eq!(delivery(&tag).occurred_at(), tag.occurred_at());
    let sale = Sample::of("SALE_NEW").at("2027-01-01T00:00:00+00:00");
    assert_eq!(delivery(&sale).occurred_at(), tag.occurred_at());
    let named = sale.with_message_id("m-1");
    assert_eq!(delivery(&named).message_id(), Some("m-1"));
}

#[test]
fn a_sample_is_a_request_for_any_dispatcher() {
    let dispatcher = siohook::Dispatcher::builder()
        .account_secret("mine", "s")
        .select(|_| false)
        .allow_no_handlers()
        .build()
        .unwrap();
    let sale = Sample::of("SALE_NEW").signed_with("s");
    assert_eq!(block_on(dispatcher.receive((&sale).into())).status(), 200);
    let reply = block_on(dispatcher.receive(Incoming::from(sale.signed_with("t"))));
    assert_eq!(reply.status(), 401);
}
