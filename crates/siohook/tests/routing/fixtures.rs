//! A handler for every event of the catalogue, and a delivery of every fixture.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use siohook::{DispatcherBuilder, HandlerInfo, State, on_event};

use crate::support::{
    self, account, automation, envelope, finish, fixture, fixtures, function, within,
};

type Called = Arc<Mutex<Vec<&'static str>>>;

macro_rules! handlers {
    ($($mechanism:ident $payload:ident $event:literal [$($unified:ident)?] $rest:tt)*) => {$(
        const _: () = {
            use siohook::$mechanism::$payload;

            #[on_event($event)]
            async fn handler(payload: $payload, State(called): State<Called>) {
                // A payload survives a round trip through JSON.
                let written = serde_json::to_string(&payload).unwrap();
                assert_eq!(serde_json::from_str::<$payload>(&written).unwrap(), payload);
                called.lock().unwrap().push($event);
            }
        };
    )*};
}
siohook::__for_each_event!(handlers);

fn builder() -> DispatcherBuilder {
    support::builder().select(within(module_path!()))
}

#[test]
fn every_event_of_the_catalogue_has_a_handler() {
    let dispatcher = builder().state(Called::default()).build().unwrap();
    let mut listed: Vec<_> = siohook::events()
        .iter()
        .map(siohook::event::Event::name)
        .collect();
    listed.sort_unstable();
    let handled: Vec<_> = dispatcher
        .handlers()
        .iter()
        .map(HandlerInfo::event)
        .collect();
    assert_eq!(handled, listed);
    assert!(
        dispatcher
            .handlers()
            .iter()
            .all(|it| function(it.name()) == "handler")
    );
}

#[test]
fn every_fixture_runs_its_handler() {
    let mut events = BTreeSet::new();
    for fixture in fixtures() {
        let called = Called::default();
        let dispatcher = builder().state(Arc::clone(&called)).build().unwrap();
        let delivery = dispatcher.verify(fixture.incoming()).unwrap();
        let report = finish(dispatcher.dispatch(&delivery));
        assert_eq!(report.reply().status(), 200, "{report}");
        assert_eq!(report.reply().outcome().as_str(), "done");
        assert_eq!(
            *called.lock().unwrap(),
            [&*fixture.event],
            "{}",
            fixture.file
        );
        assert_eq!(delivery.mechanism(), fixture.mechanism);
        events.insert(fixture.event);
    }
    assert_eq!(events.len(), siohook::events().len());
}

#[test]
fn an_odd_body_runs_its_handler() {
    for (event, variant) in [
        ("CONTACT_OPT_IN", "last_name"),
        ("SALE_CANCELED", "no_order_item"),
        ("SALE_CANCELED", "no_price_plan"),
        ("SALE_NEW", "with_contact"),
        ("contact.optin.completed", "website_page"),
        ("customer.sale.completed", "checkout_page"),
        ("customer.sale.completed", "order_total"),
    ] {
        let body = fixture(&format!("odd/{event}.{variant}"));
        let incoming = if event.contains('.') {
            automation(body)
        } else {
            account(event, body)
        };
        let called = Called::default();
        let dispatcher = builder().state(Arc::clone(&called)).build().unwrap();
        let reply = finish(dispatcher.receive(incoming));
        assert_eq!(reply.status(), 200, "{event} {variant}: {reply:?}");
        assert_eq!(*called.lock().unwrap(), [event], "{variant}");
    }
}

#[test]
fn any_body_of_a_failed_payment_runs_its_handler() {
    for data in ["null", "{}", "[]", r#"{"contact":null}"#, "0.10"] {
        let called = Called::default();
        let dispatcher = builder().state(Arc::clone(&called)).build().unwrap();
        let incoming = automation(envelope("subscription.payment.failed", data));
        assert_eq!(finish(dispatcher.receive(incoming)).status(), 200);
        assert_eq!(*called.lock().unwrap(), ["subscription.payment.failed"]);
    }
}
