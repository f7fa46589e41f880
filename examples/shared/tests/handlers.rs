//! The handlers of the examples, tested without a server.

use example_shared::Members;
use siohook::ReplyOutcome;
use siohook::testing::{Sample, TestDispatcher, TestReport, block_on};

/// A dispatcher that shares no members with other tests.
fn dispatcher() -> TestDispatcher {
    let builder = TestDispatcher::builder();
    builder.state(Members::default()).build()
}

fn send(dispatcher: &TestDispatcher, sample: &Sample) -> TestReport {
    block_on(dispatcher.send(sample))
}

#[test]
fn every_event_is_taken() {
    let dispatcher = dispatcher();
    for sample in Sample::all() {
        // A cancellation without its sale is to come again.
        if sample.event() != "SALE_CANCELED" {
            send(&dispatcher, &sample).assert_status(200);
        }
    }
}

#[test]
fn a_cancellation_waits_for_its_sale() {
    let dispatcher = dispatcher();
    let sale = Sample::of("SALE_NEW");
    let cancellation = Sample::of("SALE_CANCELED");
    let early = send(&dispatcher, &cancellation);
    early.assert_status(503).assert_failed("revoke");
    assert_eq!(early.reply().header("retry-after"), Some("60"));
    send(&dispatcher, &sale).assert_done().assert_ran("grant");
    send(&dispatcher, &cancellation.attempt(2)).assert_done();
}

/// Whatever overtakes what, in the end nobody has access to what was cancelled.
#[test]
fn a_sale_is_cancelled_in_any_order() {
    let sale = Sample::of("SALE_NEW");
    let cancellation = Sample::of("SALE_CANCELED");
    let (first, second) = (cancellation.attempt(1), cancellation.attempt(2));
    for order in [
        [&sale, &first, &second],
        [&sale, &second, &first],
        [&first, &sale, &second],
        [&first, &second, &sale],
        [&second, &sale, &first],
        [&second, &first, &sale],
    ] {
        let dispatcher = dispatcher();
        block_on(dispatcher.send_each(order));
        send(&dispatcher, &cancellation.attempt(3)).assert_status(200);
        // Nothing is left to take away.
        send(&dispatcher, &cancellation.another()).assert_status(503);
    }
}

#[test]
fn one_handler_takes_the_tags_of_both_mechanisms() {
    let dispatcher = dispatcher();
    for event in ["contact.tag.added", "CONTACT_TAG_ADDED"] {
        send(&dispatcher, &Sample::of(event))
            .assert_done()
            .assert_ran("handlers::log_tag");
    }
}

#[test]
fn failures_tell_the_sender_what_to_do() {
    let dispatcher = dispatcher();
    for (event, handler, outcome) in [
        ("example.failing", "fail", ReplyOutcome::Failed),
        (
            "example.failing.for_now",
            "fail_for_now",
            ReplyOutcome::RetryLater,
        ),
        (
            "example.failing.for_good",
            "fail_for_good",
            ReplyOutcome::FailedForGood,
        ),
    ] {
        send(&dispatcher, &Sample::automation(event, ()))
            .assert_failed(handler)
            .assert_outcome(outcome);
    }
    let panicking = Sample::automation("example.panicking", ());
    send(&dispatcher, &panicking).assert_panicked("handlers::panic");
}
