//! Deliveries that are stored as a record and a body, and restored.

#[path = "../support/mod.rs"]
mod support;

mod misfits;
mod round_trip;
mod stored_keys;

use std::sync::{Arc, Mutex};

use serde_json::Value;
use siohook::{Data, Delivery, Dispatcher, DispatcherBuilder, Record, State, on_event, unified};

use support::{finish, outcomes};

/// What handlers took.
type Seen = Arc<Mutex<Vec<String>>>;

macro_rules! handlers {
    ($($mechanism:ident $payload:ident $event:literal [$($unified:ident)?] $rest:tt)*) => {$(
        const _: () = {
            use siohook::$mechanism::$payload;

            #[on_event($event, id = $event)]
            fn takes_the_payload(payload: $payload, State(seen): State<Seen>) {
                seen.lock().unwrap().push(format!("{payload:?}"));
            }
        };
    )*};
}
siohook::__for_each_event!(handlers);

#[on_event("*")]
fn takes_the_rest(
    delivery: &Delivery,
    contact: Option<unified::Contact>,
    Data(data): Data<Value>,
    State(seen): State<Seen>,
) {
    let text = format!("{:?} {contact:?} {data:?}", answers(delivery));
    seen.lock().unwrap().push(text);
}

/// Each dispatcher of it has no memory of earlier deliveries.
fn built(builder: DispatcherBuilder) -> (Dispatcher, Seen) {
    let seen = Seen::default();
    let dispatcher = builder.redelivery_memory(0).state(seen.clone()).build();
    (dispatcher.unwrap(), seen)
}

/// All answers of a delivery.
fn answers(delivery: &Delivery) -> Vec<(&'static str, String)> {
    #[cfg(feature = "tracing")]
    let sender_trace = format!("{:?}", delivery.sender_trace());
    #[cfg(not(feature = "tracing"))]
    let sender_trace = String::new();
    let queries = ["", "tier", "a", "token", "tok%65n", "é"].map(|name| delivery.query(name));
    vec![
        ("event", format!("{:?}", delivery.event())),
        ("mechanism", delivery.mechanism().to_string()),
        ("message_id", format!("{:?}", delivery.message_id())),
        ("attempt_id", format!("{:?}", delivery.attempt_id())),
        ("account_email", format!("{:?}", delivery.account_email())),
        ("occurred_at", format!("{:?}", delivery.occurred_at())),
        ("schema_version", format!("{:?}", delivery.schema_version())),
        ("query", format!("{queries:?}")),
        ("trust", format!("{:?}", delivery.trust())),
        ("key", delivery.key().to_string()),
        ("stored key", format!("{:?}", delivery.key().stored())),
        ("body", format!("{:?}", delivery.body())),
        ("data", format!("{:?}", delivery.data::<Value>())),
        ("unread", format!("{:?}", delivery.unread())),
        ("sender_trace", sender_trace),
        ("debug", format!("{delivery:?}")),
    ]
}

/// What becomes of a delivery: the reply, the outcomes, and what the handlers took.
fn dispatched(dispatcher: &Dispatcher, seen: &Seen, delivery: &Delivery) -> String {
    let report = finish(dispatcher.dispatch(delivery));
    let seen = std::mem::take(&mut *seen.lock().unwrap());
    format!("{:?} {:?} {seen:?}", report.reply(), outcomes(&report))
}

/// Writes a record and reads it again.
fn through_json(record: &Record) -> Record {
    let text = serde_json::to_string(record).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    let read: Record = serde_json::from_str(&text).unwrap();
    // A database may change the order of the members.
    let reordered: Record = serde_json::from_value(value.clone()).unwrap();
    for record in [&read, &reordered] {
        assert_eq!(serde_json::to_value(record).unwrap(), value);
    }
    read
}

fn restored(dispatcher: &Dispatcher, delivery: &Delivery) -> Delivery {
    let record = through_json(&delivery.to_record());
    dispatcher.restore(record, delivery.body().clone()).unwrap()
}

/// Fails unless a restored delivery is like the first one, and another one restored from that.
#[track_caller]
fn assert_survives(dispatcher: &Dispatcher, seen: &Seen, delivery: &Delivery) {
    let once = restored(dispatcher, delivery);
    let twice = restored(dispatcher, &once);
    let first = (answers(delivery), dispatched(dispatcher, seen, delivery));
    for again in [once, twice] {
        assert_eq!(again.key(), delivery.key());
        let result = dispatched(dispatcher, seen, &again);
        assert_eq!((answers(&again), result), first);
    }
}
