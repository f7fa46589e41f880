//! Two handlers whose deliveries may overtake each other, tested without a server.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use siohook::ids::OrderItemId;
use siohook::testing::{Sample, TestDispatcher, TestReport, block_on};
use siohook::{HandlerError, State, account, on_event};

/// The order lines that give access. In a real program, a table of a database.
type Lines = Arc<Mutex<HashSet<OrderItemId>>>;

#[on_event("SALE_NEW")]
fn grant(sale: account::SaleNew, State(lines): State<Lines>) {
    lines.lock().unwrap().insert(sale.order_item.id);
}

/// A cancelled subscription or a refunded payment.
#[on_event("SALE_CANCELED")]
fn revoke(sale: account::SaleCanceled, State(lines): State<Lines>) -> Result<(), HandlerError> {
    let Some(line) = sale.order_item else {
        return Err(HandlerError::permanent("the cancellation names no line"));
    };
    if lines.lock().unwrap().remove(&line.id) {
        return Ok(());
    }
    // The sale may be still to come.
    Err(HandlerError::retry_after(
        Duration::from_secs(60),
        "cancelled before it was granted",
    ))
}

/// A dispatcher that shares no lines with other tests.
fn dispatcher() -> TestDispatcher {
    let builder = TestDispatcher::builder();
    builder.state(Lines::default()).build()
}

fn send(dispatcher: &TestDispatcher, sample: &Sample) -> TestReport {
    block_on(dispatcher.send(sample))
}

#[test]
fn a_cancellation_waits_for_its_sale() {
    let dispatcher = dispatcher();
    let cancellation = Sample::of("SALE_CANCELED");
    let early = send(&dispatcher, &cancellation);
    early.assert_status(503).assert_failed("revoke");
    assert_eq!(early.reply().header("retry-after"), Some("60"));
    send(&dispatcher, &Sample::of("SALE_NEW"))
        .assert_done()
        .assert_ran("grant");
    send(&dispatcher, &cancellation.attempt(2)).assert_done();
}

#[test]
fn a_cancellation_without_a_line_is_not_retried() {
    let sample = Sample::of("SALE_CANCELED").remove("/orderItem");
    send(&dispatcher(), &sample)
        .assert_status(200)
        .assert_failed("revoke");
}

/// In every order, no access is left to what was cancelled.
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
