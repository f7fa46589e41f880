//! Warnings and attributes for members that could not be read.

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
    let logged = capture.events().into_iter();
    let warnings = logged.filter(|logged| logged.level == Level::WARN);
    warnings.map(|logged| logged.message).collect()
}

#[test]
fn the_span_names_the_unread_members() {
    let capture = Capture::new();
    let dispatcher = dispatcher(&["bought"]);
    capture.during(|| {
        let odd = odd(&[("/order/totalPrice", json!(0.5)), ("/coupon", json!("x"))]);
        receive(&dispatcher, odd);
    });
    let (_, span) = capture.span("delivery");
    let shown = span.shown();
    // `serde_json` sorts the members of this body.
    let unread = "siohook.unread=/coupon /order/totalPrice";
    assert!(shown.iter().any(|shown| shown == unread), "{shown:?}");
    assert!(shown.iter().any(|shown| shown == "siohook.outcome=done"));
}

#[test]
fn a_readable_body_has_no_attribute_and_no_warning() {
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
        // The index in a list does not matter.
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
    let mut logged = capture.events().into_iter();
    let warning = logged.find(|logged| logged.level == Level::WARN);
    let warning = warning.unwrap();
    assert_eq!(warning.target, "siohook");
    assert_eq!(capture.spans()[warning.span.unwrap()].name, "delivery");
}

/// A program that raises the level later still gets the warning.
#[test]
fn a_warning_that_no_subscriber_shows_is_given_again() {
    let dispatcher = dispatcher(&["bought"]);
    let send = || receive(&dispatcher, odd(&[("/coupon", json!("x"))]));
    Capture::up_to(Level::ERROR).during(send);
    let capture = Capture::new();
    capture.during(send);
    assert_eq!(warnings(&capture).len(), 1);
}
