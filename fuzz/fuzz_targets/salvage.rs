//! Payloads of bodies that can't be parsed as a whole.

#![no_main]

mod members;

use std::fmt::Debug;
use std::sync::{Arc, LazyLock, Mutex};
use std::task::{Context, Waker};

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Number, Value, json};
use siohook::event::Event;
use siohook::{
    Delivery, Dispatcher, Incoming, Mechanism, Outcome, State, Timestamp, Unread, account,
    automation, on_event,
};

/// The payload that the handler was given, and its check.
type Given = Arc<Mutex<Option<(Value, Check)>>>;
/// Compares the payload with the one that the type parses from a text.
type Check = Box<dyn Fn(&str) + Send>;

macro_rules! payloads {
    ($($mechanism:ident $payload:ident $name:literal [$($unified:ident)?] $rest:tt)*) => {$(
        #[allow(non_snake_case, reason = "named after the payload")]
        mod $payload {
            use super::*;

            #[on_event($name)]
            fn handle(payload: $mechanism::$payload, State(given): State<Given>) {
                keep(&given, payload);
            }
        }
    )*};
}
siohook_events::__for_each_event!(payloads);

fn keep<P>(given: &Given, payload: P)
where
    P: Serialize + DeserializeOwned + PartialEq + Debug + Send + 'static,
{
    let json = serde_json::to_value(&payload).expect("every payload can be written");
    let check = move |rest: &str| assert_eq!(serde_json::from_str::<P>(rest).unwrap(), payload);
    *given.lock().unwrap() = Some((json, Box::new(check)));
}

static GIVEN: LazyLock<Given> = LazyLock::new(Given::default);

static DISPATCHER: LazyLock<Dispatcher> = LazyLock::new(|| {
    let builder = Dispatcher::builder().state(GIVEN.clone());
    let builder = builder.accept_unverified().redelivery_memory(0);
    builder.build().unwrap()
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    members::mutate(data, size, max_size, seed)
});

// A whole body, such as a fixture, is tried with each event. Otherwise the first byte
// selects one.
fuzz_target!(|data: &[u8]| {
    let Some((choice, json)) = data.split_first() else {
        return;
    };
    let events = siohook::events();
    if *choice == b'{' {
        let is_named = |body: &Value| body["type"].as_str().is_some_and(|name| !name.is_empty());
        if let Ok(delivery) = DISPATCHER.verify(Incoming::post(data.to_vec()))
            && let Ok(body) = serde_json::from_slice(data)
        {
            assert!(is_named(&body), "a body without an event was accepted");
            handle(&delivery);
        }
        for event in events {
            check(event, data);
        }
    } else {
        check(&events[usize::from(*choice) % events.len()], json);
    }
});

fn check(event: &Event, json: &[u8]) {
    // The body is written again, so that no key is repeated.
    let Ok(body) = serde_json::from_slice::<Value>(json) else {
        return;
    };
    let (root, incoming) = match event.mechanism() {
        Mechanism::Automation => {
            let data = body.get("data").unwrap_or(&body);
            let body = json!({ "type": event.name(), "data": data });
            ("/data", Incoming::post(body.to_string()))
        }
        _ => {
            let incoming = Incoming::post(body.to_string());
            ("", incoming.header("X-Webhook-Event", event.name()))
        }
    };
    let Ok(delivery) = DISPATCHER.verify(incoming) else {
        return;
    };
    let given = handle(&delivery);
    let unread: Vec<&str> = delivery.unread().iter().map(Unread::pointer).collect();
    let Some((payload, check)) = given else {
        assert!(unread.is_empty(), "parts are unread, but no payload");
        return;
    };
    let body: Value = serde_json::from_slice(delivery.body()).unwrap();
    let whole = body.pointer(root).unwrap();
    check(&without(&body, &unread).pointer(root).unwrap().to_string());
    assert_in(&payload, &leaves(whole));
    for person in ["contact", "customer"] {
        if event.members().contains(&person) {
            assert_identified(&payload[person], &whole[person]);
        }
    }
}

/// Calls the handler and returns the payload that it was given.
fn handle(delivery: &Delivery) -> Option<(Value, Check)> {
    GIVEN.lock().unwrap().take();
    let mut work = Box::pin(DISPATCHER.dispatch(delivery));
    let polled = work.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    let std::task::Poll::Ready(report) = polled else {
        panic!("a handler is pending");
    };
    for handler in report.handlers() {
        let is_expected = matches!(handler.outcome(), Outcome::Done | Outcome::Mismatch(_));
        assert!(is_expected, "{report}");
    }
    GIVEN.lock().unwrap().take()
}

/// Checks that a contact has an id and an e-mail address. It may be inside another contact.
fn assert_identified(read: &Value, sent: &Value) {
    let read = read.get("contact").unwrap_or(read);
    let is_read = |sent: &Value| {
        let email = sent.get("email").and_then(Value::as_str);
        email.is_some() && read["email"].as_str() == email && sent.get("id").is_some()
    };
    let nested = sent.get("contact").is_some_and(is_read);
    // serde also parses a contact from an array.
    assert!(
        nested || is_read(sent) || sent.is_array(),
        "a contact without an e-mail address or an id was accepted"
    );
    assert!(read["id"].is_u64() && read["email"].is_string());
}

/// Checks that every text and number of a payload is in the body.
fn assert_in(payload: &Value, sent: &[&Value]) {
    for leaf in leaves(payload) {
        let is_there = match leaf {
            Value::String(text) => text.is_empty() || sent.iter().any(|it| is_text(it, text)),
            Value::Number(number) => sent.iter().any(|it| is_number(it, number)),
            _ => true,
        };
        assert!(is_there, "{leaf} is not in the body");
    }
}

/// Whether a text equals a sent text, number, or time in another form.
fn is_text(sent: &Value, text: &str) -> bool {
    match sent {
        Value::String(sent) => {
            let time = |text: &str| text.parse::<Timestamp>().ok();
            sent == text || time(sent).is_some() && time(sent) == time(text)
        }
        Value::Number(sent) => sent.as_f64() == text.parse().ok(),
        _ => false,
    }
}

/// Whether a number equals a sent number, or the text of one.
fn is_number(sent: &Value, number: &Number) -> bool {
    match sent {
        Value::Number(sent) => sent == number || sent.as_f64() == number.as_f64(),
        Value::String(sent) => sent.parse().ok() == number.as_f64(),
        _ => false,
    }
}

fn leaves(value: &Value) -> Vec<&Value> {
    match value {
        Value::Object(map) => map.values().flat_map(leaves).collect(),
        Value::Array(list) => list.iter().flat_map(leaves).collect(),
        leaf => vec![leaf],
    }
}

/// Removes the values at `pointers`, which are in the order of the body, from last to first.
fn without(body: &Value, pointers: &[&str]) -> Value {
    let mut rest = body.clone();
    for pointer in pointers.iter().rev() {
        let (holder, key) = pointer.rsplit_once('/').unwrap();
        let removed = match rest.pointer_mut(holder).unwrap() {
            Value::Object(map) => map.remove(key),
            Value::Array(list) => Some(list.remove(key.parse().unwrap())),
            _ => None,
        };
        assert!(removed.is_some(), "nothing is at {pointer}");
    }
    rest
}
