//! The subjects in Rust.

use std::error::Error;
use std::hint::black_box;
use std::io;
use std::time::Duration;

use serde_json::Value;
use siohook_benches::handlers::{contact_tag_added, sale_new};
use siohook_benches::{Request, Subject, poll_once};
use siohook_lab::{Body, own_cpu_time};

use crate::signed::{self, ENCODED_SECRET};

/// The number of deliveries that are prepared at a time.
pub(crate) const BATCH: u32 = 256;

/// The default of siohook.
const REMEMBERED: usize = 10_000;

/// For each line with a number, handles that many deliveries and prints the
/// nanoseconds of CPU time that this took.
pub(crate) fn answer(subject: &str, body: &Body) -> Result<(), Box<dyn Error>> {
    match subject {
        "siohook" => account(body, &Subject::siohook(REMEMBERED))?,
        "by-hand" => account(body, &Subject::by_hand())?,
        "with-memory" => account(body, &Subject::with_memory(REMEMBERED))?,
        "standardwebhooks" | "standardwebhooks-value" => {
            let webhook = standardwebhooks::Webhook::new(ENCODED_SECRET)?;
            standard(subject, body, |request| {
                let verified = webhook.verify(&request.body, &request.headers);
                verified.expect("the signature is valid");
            })?;
        }
        "svix" | "svix-value" => {
            let webhook = svix::webhooks::Webhook::new(ENCODED_SECRET)?;
            standard(subject, body, |request| {
                let verified = webhook.verify(&request.body, &request.headers);
                verified.expect("the signature is valid");
            })?;
        }
        other => return Err(format!("unknown subject {other:?}").into()),
    }
    Ok(())
}

/// Runs a subject that takes account webhooks.
fn account(body: &Body, subject: &Subject) -> io::Result<()> {
    let request = Request::account(body.event, &body.text, 0);
    listen(
        |number| request.numbered(number),
        |request| subject.handle(request),
    )
}

/// Runs a subject that verifies Standard Webhooks, and leaves the rest to its user.
fn standard(subject: &str, body: &Body, verify: impl Fn(&Request)) -> io::Result<()> {
    let handle = handler(subject, body);
    listen(
        |number| signed::standard(&body.text, number),
        |request| {
            verify(request);
            handle(&request.body);
        },
    )
}

fn listen(request: impl Fn(u64) -> Request, handle: impl Fn(&Request)) -> io::Result<()> {
    let mut numbers = 0..;
    for line in io::stdin().lines() {
        let count: u32 = line?.parse().map_err(io::Error::other)?;
        let mut used = Duration::ZERO;
        for _ in 0..count.div_ceil(BATCH) {
            let batch = numbers.by_ref().take(BATCH as usize);
            let requests: Vec<Request> = batch.map(&request).collect();
            let before = own_cpu_time()?;
            requests.iter().for_each(&handle);
            used += own_cpu_time()?.saturating_sub(before);
        }
        println!("{}", used.as_nanos());
    }
    Ok(())
}

/// Returns the handler of a verified body. It parses the same structs and calls the same
/// handlers as siohook, or parses a [`Value`].
fn handler(subject: &str, body: &Body) -> fn(&[u8]) {
    match (subject.ends_with("-value"), body.event) {
        (true, "SALE_NEW") => |body| {
            let value = read::<Value>(body);
            black_box((&value["orderItem"]["id"], &value["customer"]["email"]));
        },
        (true, _) => |body| {
            let value = read::<Value>(body);
            black_box((&value["tag"]["id"], &value["contact"]["email"]));
        },
        (false, "SALE_NEW") => {
            |body| poll_once(sale_new(read(body))).expect("the handler never fails")
        }
        (false, _) => {
            |body| poll_once(contact_tag_added(read(body))).expect("the handler never fails")
        }
    }
}

fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> T {
    serde_json::from_slice(body).expect("the body is JSON of this type")
}
