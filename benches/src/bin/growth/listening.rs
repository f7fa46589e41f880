use std::fmt::Write;

use siohook::{Dispatcher, HandlerInfo};
use siohook_benches::clock::{Rounds, nanos};
use siohook_benches::plot::{Line, Plot};
use siohook_benches::{Case, bodies, builder, finish};

use crate::Growth;

const HANDLERS: [u32; 4] = [1, 4, 16, 64];
const BATCH: u64 = 32;

/// What the handlers take.
const ARGUMENTS: [&str; 2] = ["::payload", "::delivery"];

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

pub(crate) fn measure() -> Growth {
    let measured = HANDLERS.map(|count| ARGUMENTS.map(|argument| nanos_with(count, argument)));
    let mut table = "| handlers of the event | taking the payload | taking `&Delivery` |\n\
                     |--:|--:|--:|\n"
        .to_owned();
    for (count, [payload, delivery]) in HANDLERS.iter().zip(&measured) {
        let _ = writeln!(table, "| {count} | {payload:.0} ns | {delivery:.0} ns |");
    }
    let line = |name, at: usize| Line {
        name,
        points: HANDLERS
            .iter()
            .zip(&measured)
            .map(|(count, nanos)| (f64::from(*count), nanos[at]))
            .collect(),
    };
    Growth {
        table,
        plot: Plot {
            title: "Handlers that listen to the delivered event",
            x: "handlers",
            y: "ns for a delivery",
            lines: vec![line("take the payload", 0), line("take &amp;Delivery", 1)],
        },
    }
}

fn nanos_with(count: u32, argument: &'static str) -> f64 {
    let dispatcher = listening(count, argument);
    let case = Case::account("tag", "CONTACT_TAG_ADDED", &bodies::tag());
    let mut number = 0;
    let rounds = Rounds::<1>::measure(500, |_| {
        let numbers = number..number + BATCH;
        number = numbers.end;
        let requests: Vec<_> = numbers.map(|number| case.request(number)).collect();
        nanos(requests.iter(), |request| {
            let reply = finish(dispatcher.receive(request.incoming()));
            assert_eq!(reply.outcome(), "done");
        })
    });
    rounds.of(0).median
}

/// A dispatcher with so many handlers.
fn listening(count: u32, argument: &'static str) -> Dispatcher {
    let is_one = move |handler: &HandlerInfo| {
        handler.name().starts_with(module_path!()) && handler.name().ends_with(argument)
    };
    let all = builder().select(is_one).build().expect("there are 64");
    let names: Vec<_> = all.handlers().iter().map(HandlerInfo::name).collect();
    let chosen = names[..count as usize].to_vec();
    let built = builder()
        .select(move |handler| chosen.contains(&handler.name()))
        .build();
    built.expect("there is at least one")
}
