//! The handlers that the cases of `siohook-conformance` call, and one for the test that stops a
//! server.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

use futures_channel::oneshot;
use siohook::{Delivery, HandlerError, State, on_event, unified};

/// An example may have a handler of sales alone.
#[on_event("contact.tag.added", "CONTACT_TAG_ADDED")]
fn welcome(_: unified::TagAdded) {}

#[on_event(unlisted("example.failing"), unlisted("EXAMPLE_FAILING"))]
fn fail() -> Result<(), &'static str> {
    Err("the database is away")
}

#[on_event(
    unlisted("example.failing.for_now"),
    unlisted("EXAMPLE_FAILING_FOR_NOW")
)]
fn fail_for_now() -> Result<(), HandlerError> {
    Err(HandlerError::retry_after(
        Duration::from_secs(60),
        "no seat is free",
    ))
}

#[on_event(unlisted("example.failing.for_good"))]
fn fail_for_good() -> Result<(), HandlerError> {
    Err(HandlerError::permanent("there is no such course"))
}

#[on_event(unlisted("example.panicking"))]
fn panic() {
    panic!("out of paper");
}

/// Prints that it began, and ends three seconds later. Some servers give up after two.
#[on_event(unlisted("example.sleeping"))]
async fn sleep() -> Result<(), oneshot::Canceled> {
    println!("sleeping");
    let (wake, woken) = oneshot::channel();
    thread::spawn(move || {
        thread::sleep(Duration::from_secs(3));
        wake.send(())
    });
    woken.await
}

/// Doors that are open, and the handlers that wait for one.
#[derive(Clone, Default)]
pub(crate) struct Doors(Arc<Mutex<(HashSet<String>, Vec<Waker>)>>);

/// Waits until the door that `data` names is open, so that a copy of the delivery arrives
/// meanwhile.
#[on_event(unlisted("example.waiting"))]
async fn wait(State(doors): State<Doors>, delivery: &Delivery) {
    let door = door(delivery);
    std::future::poll_fn(|cx| {
        let mut doors = doors.0.lock().unwrap_or_else(PoisonError::into_inner);
        if doors.0.contains(&door) {
            return Poll::Ready(());
        }
        doors.1.push(cx.waker().clone());
        Poll::Pending
    })
    .await;
}

/// Opens the door that `data` names.
#[on_event(unlisted("example.released"))]
fn release(State(doors): State<Doors>, delivery: &Delivery) {
    let mut doors = doors.0.lock().unwrap_or_else(PoisonError::into_inner);
    doors.0.insert(door(delivery));
    doors.1.drain(..).for_each(Waker::wake);
}

/// Returns the member `door` of `data`, or an empty string.
fn door(delivery: &Delivery) -> String {
    let data: HashMap<String, String> = delivery.data().unwrap_or_default();
    data.get("door").cloned().unwrap_or_default()
}
