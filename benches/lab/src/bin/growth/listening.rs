use siohook::{Dispatcher, HandlerInfo};
use siohook_benches::measure::{Rounds, nanos};
use siohook_benches::{Case, bodies, builder, receive};
use siohook_lab::{full_or_brief, list};

use crate::grown;

const HANDLERS: [usize; 3] = [1, 16, 64];
const BATCH: u64 = 32;

/// The argument of the handlers, the ending of their names, and a note.
const ARGUMENTS: [(&str, &str, &str); 2] = [
    ("the payload", "::payload", "one parse, a clone each"),
    ("`&Delivery`", "::delivery", ""),
];

/// Two handlers in each of 64 modules.
macro_rules! handlers {
    ($($outer:ident)*) => {$(
        mod $outer {
            handlers!(@in a b c d e f g h);
        }
    )*};
    (@in $($inner:ident)*) => {$(
        mod $inner {
            use std::hint::black_box;

            use siohook::{Delivery, account, on_event};

            #[on_event("CONTACT_TAG_ADDED")]
            async fn payload(event: account::ContactTagAdded) {
                black_box(&event.contact.email);
            }

            #[on_event("CONTACT_TAG_ADDED")]
            async fn delivery(delivery: &Delivery) {
                black_box(delivery);
            }
        }
    )*};
}
handlers!(a b c d e f g h);

pub(crate) fn measure() {
    let case = Case::account("tag", "CONTACT_TAG_ADDED", &bodies::tag());
    let dispatchers =
        ARGUMENTS.map(|(_, function, _)| HANDLERS.map(|count| listening(count, function)));
    let dispatchers = dispatchers.as_flattened();
    let mut number = 0;
    let rounds = full_or_brief(300, 2);
    let rounds = Rounds::<{ ARGUMENTS.len() * HANDLERS.len() }>::measure(rounds, |subject| {
        let numbers = number..number + BATCH;
        number = numbers.end;
        let requests: Vec<_> = numbers.map(|number| case.request(number)).collect();
        nanos(requests.iter(), |request| {
            receive(&dispatchers[subject], request);
        })
    });
    for (at, (argument, _, note)) in ARGUMENTS.iter().enumerate() {
        let figures = [0, 1, 2].map(|size| rounds.of(at * HANDLERS.len() + size).median());
        let sizes = format!("{} handlers of its event", list(HANDLERS));
        grown(
            &format!("a tag to handlers that take {argument}, ns"),
            &sizes,
            figures,
            note,
        );
    }
}

/// A dispatcher with `count` handlers whose names end in `function`.
fn listening(count: usize, function: &'static str) -> Dispatcher {
    let is_one = move |handler: &HandlerInfo| {
        handler.name().starts_with(module_path!()) && handler.name().ends_with(function)
    };
    let all = builder()
        .select(is_one)
        .build()
        .expect("64 handlers are linked");
    let names: Vec<_> = all.handlers().iter().map(HandlerInfo::name).collect();
    let chosen = names[..count].to_vec();
    let built = builder()
        .select(move |handler| chosen.contains(&handler.name()))
        .build();
    built.expect("at least one handler is selected")
}
