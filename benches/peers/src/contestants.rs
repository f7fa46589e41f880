//! Those that are written in Rust.

use std::error::Error;
use std::hint::black_box;
use std::io;
use std::time::Duration;

use serde_json::Value;
use siohook_benches::handlers::{contact_tag_added, sale_new};
use siohook_benches::handwritten::{CarefulReceiver, Receiver};
use siohook_benches::{Request, SECRET, TOKEN, builder, finish};
use siohook_benches_http::own_cpu_time;

use crate::body::Body;
use crate::signed::{self, ENCODED_SECRET};

/// Deliveries are made so many at a time, before they are handled.
pub(crate) const BATCH: u32 = 256;

/// For each line with a number, handles that many deliveries and prints the
/// nanoseconds of CPU time that this took.
pub(crate) fn answer(contestant: &str, body: &Body) -> Result<(), Box<dyn Error>> {
    let account = || {
        let request = Request::account(body.event, &body.text, 0);
        let mut number = 0;
        move || {
            number += 1;
            request.numbered(number)
        }
    };
    let standard = || {
        let (text, mut number) = (body.text.clone(), 0);
        move || {
            number += 1;
            signed::standard(&text, number)
        }
    };
    match contestant {
        "siohook" => {
            let dispatcher = builder().build()?;
            listen(account(), |request| {
                let reply = finish(dispatcher.receive(request.incoming()));
                assert_eq!(reply.outcome(), "done");
            })
        }
        "handwritten" => {
            let receiver = Receiver::new(SECRET, TOKEN);
            listen(account(), |request| {
                finish(receiver.account(&request.headers, &request.body)).expect("it is right");
            })
        }
        "careful" => {
            // As many as siohook remembers by default.
            let receiver = CarefulReceiver::new(Receiver::new(SECRET, TOKEN), 10_000);
            listen(account(), |request| {
                finish(receiver.account(&request.headers, &request.body)).expect("it is right");
            })
        }
        "standardwebhooks" | "standardwebhooks-value" => {
            let webhook = standardwebhooks::Webhook::new(ENCODED_SECRET)?;
            let handle = handler(contestant, body);
            listen(standard(), |request| {
                webhook
                    .verify(&request.body, &request.headers)
                    .expect("it is right");
                handle(&request.body);
            })
        }
        "svix" | "svix-value" => {
            let webhook = svix::webhooks::Webhook::new(ENCODED_SECRET)?;
            let handle = handler(contestant, body);
            listen(standard(), |request| {
                webhook
                    .verify(&request.body, &request.headers)
                    .expect("it is right");
                handle(&request.body);
            })
        }
        other => return Err(format!("no contestant {other:?}").into()),
    }?;
    Ok(())
}

fn listen(mut next: impl FnMut() -> Request, handle: impl Fn(&Request)) -> io::Result<()> {
    for line in io::stdin().lines() {
        let count: u32 = line?.parse().map_err(io::Error::other)?;
        let mut used = Duration::ZERO;
        for _ in 0..count.div_ceil(BATCH) {
            let requests: Vec<Request> = (0..BATCH).map(|_| next()).collect();
            let before = own_cpu_time()?;
            requests.iter().for_each(&handle);
            used += own_cpu_time()?.saturating_sub(before);
        }
        println!("{}", used.as_nanos());
    }
    Ok(())
}

/// What is done with a body that is signed: the same structs are read and the
/// same handlers are called as by siohook, or any JSON is read.
fn handler(contestant: &str, body: &Body) -> fn(&[u8]) {
    match (contestant.ends_with("-value"), body.event) {
        (true, "SALE_NEW") => |body| {
            let value = read::<Value>(body);
            black_box((&value["orderItem"]["id"], &value["customer"]["email"]));
        },
        (true, _) => |body| {
            let value = read::<Value>(body);
            black_box((&value["tag"]["id"], &value["contact"]["email"]));
        },
        (false, "SALE_NEW") => |body| finish(sale_new(read(body))).expect("it never fails"),
        (false, _) => |body| finish(contact_tag_added(read(body))).expect("it never fails"),
    }
}

fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> T {
    serde_json::from_slice(body).expect("it is JSON of this type")
}
