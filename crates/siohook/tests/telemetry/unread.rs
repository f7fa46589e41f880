//! What is told of members that could not be read.

use serde_json::{Value, json};
use siohook::{Dispatcher, Incoming};
use tracing::Level;

use crate::capture::Capture;
use crate::handlers::dispatcher;
use crate::support::{account, finish, fixture};

fn odd(changes: &[(&str, Value)]) -> Incoming {
    let mut sale: Value = serde_json::from_slice(&fixture("account/SALE_NEW")).unwrap();
    for (pointer, value) in changes {
        *sale.pointer_mut(pointer).unwrap() = value.clone();
    }
    account("SALE_NEW", sale.to_string())
}

fn receive(dispatcher: &Dispatcher, incoming: Incoming) {
    assert_eq!(finish(dispatcher.receive(incoming)).status(), 200);
}

fn warnings(capture: &Capture) -> Vec<String> {
    let said = capture.events().into_iter();
    let warnings = said.filter(|said| said.level == Level::WARN);
    warnings.map(|said| said.message).collect()
}

#[test]
fn the_span_names_it() {
    let capture = Capture::new();
    let dispatcher = dispatcher(&["bought"]);
    capture.during(|| {
        let odd = odd(&[("/order/totalPrice", json!(0.5)), ("/coupon", json!("x"))]);
        receive(&dispatcher, odd);
    });
    let (_, span) = capture.span("delivery");
    let shown = span.shown();
    // The members of that body are in the order of the alphabet.
    let unread = "siohook.unread=/coupon /order/totalPrice";
    assert!(shown.iter().any(|shown| shown == unread), "{shown:?}");
    assert!(shown.iter().any(|shown| shown == "siohook.outcome=done"));
}

#[test]
fn what_was_read_is_not_named() {
    let capture = Capture::new();
    let dispatcher = dispatcher(&["bought"]);
    capture.during(|| receive(&dispatcher, odd(&[])));
    let (_, span) = capture.span("delivery");
    let is_unread = |shown: &String| shown.starts_with("siohook.unread");
    assert!(!span.shown().iter().any(is_unread));
    assert_eq!(warnings(&capture), [""; 0]);
}

#[test]
fn each_member_is_warned_of_once() {
    let capture = Capture::new();
    let dispatcher = dispatcher(&["bought"]);
    let resource = |tag: Value| json!({ "tag": tag });
    capture.during(|| {
        for _ in 0..2 {
            receive(&dispatcher, odd(&[("/order/totalPrice", json!("17.00"))]));
        }
        // There is no end of places in a list.
        for place in 0..20 {
            let mut resources = vec![resource(json!(null)); place];
            resources.push(resource(json!("x")));
            receive(
                &dispatcher,
                odd(&[("/orderItem/resources", resources.into())]),
            );
        }
    });
    assert_eq!(
        warnings(&capture),
        [
            "a member of `SALE_NEW` could not be read, and handlers run without it: \
             /order/totalPrice: invalid value: string, expected a whole number of minor units",
            "a member of `SALE_NEW` could not be read, and handlers run without it: \
             /orderItem/resources/0/tag: invalid type: string, expected struct Tag",
        ]
    );
    let said = capture.events().into_iter();
    let warning = said.into_iter().find(|said| said.level == Level::WARN);
    let warning = warning.unwrap();
    assert_eq!(warning.target, "siohook");
    assert_eq!(capture.spans()[warning.span.unwrap()].name, "delivery");
}

/// Who raises the level later has not missed it.
#[test]
fn a_warning_that_nobody_heard_is_given_again() {
    let dispatcher = dispatcher(&["bought"]);
    let send = || receive(&dispatcher, odd(&[("/coupon", json!("x"))]));
    Capture::up_to(Level::ERROR).during(send);
    let capture = Capture::new();
    capture.during(send);
    assert_eq!(warnings(&capture).len(), 1);
}
