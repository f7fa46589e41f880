//! The event is a part of the key. Its name is not signed, so a captured delivery can be
//! replayed under another name.

use super::*;
use crate::support::within;

#[on_event("SALE_NEW")]
fn grant(State(script): State<Script>) -> Result<(), &'static str> {
    match script.run("grant") {
        0 => Err("the database is away"),
        _ => Ok(()),
    }
}

#[on_event("SALE_*")]
fn record(State(script): State<Script>) {
    script.run("record");
}

fn sale_as(event: &str) -> Incoming {
    account(event, fixture("account/SALE_NEW")).header("X-Webhook-Message-Id", "m-1")
}

fn world() -> (Dispatcher, Script) {
    let script = Script::default();
    let builder = builder().select(within(module_path!()));
    (builder.state(script.clone()).build().unwrap(), script)
}

#[test]
fn a_replay_under_another_name_does_not_stop_the_retries_of_the_genuine_delivery() {
    let (dispatcher, script) = world();
    assert_eq!(receive(&dispatcher, sale_as("SALE_NEW")).status(), 500);
    assert_eq!(receive(&dispatcher, sale_as("SALE_x")).status(), 200);
    assert_eq!(script.runs("record"), 2);
    let retry = receive(&dispatcher, sale_as("SALE_NEW"));
    assert_eq!(retry.outcome().as_str(), "done");
    assert_eq!((script.runs("grant"), script.runs("record")), (2, 2));
}

#[test]
fn a_sale_and_its_cancellation_have_different_keys() {
    let (dispatcher, script) = world();
    for event in ["SALE_NEW", "SALE_CANCELED", "SALE_CANCELED"] {
        receive(&dispatcher, sale_as(event));
    }
    assert_eq!(script.runs("record"), 2);
    let verify = |event| dispatcher.verify(sale_as(event)).unwrap();
    let (sale, cancellation) = (verify("SALE_NEW"), verify("SALE_CANCELED"));
    assert_ne!(sale.key(), cancellation.key());
    assert_ne!(sale.key().to_string(), cancellation.key().to_string());
    assert_eq!(sale.key(), verify("SALE_NEW").key());
}
