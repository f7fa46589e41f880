//! Values of a user that panic when they are dropped or printed. No panic may escape, and no two
//! may happen at once, because that would abort the process.

use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Context as _;
use serde::Deserialize;
use siohook::{
    Data, DetachedTask, DispatcherBuilder, Extension, FromDelivery, HandlerContext, HandlerError,
    Head, Incoming, Mismatch, State, on_event,
};

use crate::support::{
    self, TAG_ADDED, TOKEN, automation, finish, function, outcomes, poll, within,
};

/// Panics in these places: `drop`, `Display`, `Debug`.
#[derive(Clone)]
struct Trap(&'static [&'static str]);

const DROPPED: Trap = Trap(&["drop"]);
const EVERYWHERE: Trap = Trap(&["drop", "Display", "Debug"]);

impl Trap {
    fn at(&self, place: &str) {
        assert!(!self.0.contains(&place), "in {place}");
    }

    /// Returns `true`. A `move` closure that calls it owns the trap.
    fn holds(&self) -> bool {
        !self.0.is_empty()
    }
}

impl Drop for Trap {
    fn drop(&mut self) {
        self.at("drop");
    }
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("trap")?;
        self.at("Display");
        Ok(())
    }
}

impl fmt::Debug for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Trap")?;
        self.at("Debug");
        Ok(())
    }
}

impl Error for Trap {}

/// Panics when it is dropped, with another `Endless` as the payload.
struct Endless;

impl Drop for Endless {
    fn drop(&mut self) {
        panic_any(Self);
    }
}

/// A user's type for `Data`.
#[derive(Deserialize)]
#[serde(from = "serde::de::IgnoredAny")]
struct Own(#[expect(dead_code, reason = "only dropped")] Trap);

impl From<serde::de::IgnoredAny> for Own {
    fn from(_: serde::de::IgnoredAny) -> Self {
        Self(DROPPED)
    }
}

macro_rules! refusing {
    ($($name:ident $trap:expr;)*) => {$(
        #[derive(Deserialize)]
        #[serde(try_from = "serde::de::IgnoredAny")]
        struct $name;

        impl TryFrom<serde::de::IgnoredAny> for $name {
            type Error = Trap;

            fn try_from(_: serde::de::IgnoredAny) -> Result<Self, Trap> {
                Err($trap)
            }
        }
    )*};
}
refusing! {
    RefusingDrop DROPPED;
    RefusingDisplay Trap(&["Display"]);
}

/// A user's argument.
struct Custom(#[expect(dead_code, reason = "only dropped")] Trap);

impl<'a, E> FromDelivery<'a, E> for Custom {
    fn from_delivery(_: HandlerContext<'a>) -> Result<Self, Mismatch> {
        Ok(Self(DROPPED))
    }
}

struct Missing;

impl<'a, E> FromDelivery<'a, E> for Missing {
    fn from_delivery(_: HandlerContext<'a>) -> Result<Self, Mismatch> {
        Err(Mismatch::new("missing"))
    }
}

struct Panicking;

impl<'a, E> FromDelivery<'a, E> for Panicking {
    fn from_delivery(_: HandlerContext<'a>) -> Result<Self, Mismatch> {
        panic_any(DROPPED)
    }
}

/// Defines handlers of `*`, and a list of them with their outcomes.
macro_rules! handlers {
    ($($name:ident($($argument:ty),*) -> $output:ty, $body:expr => $outcome:literal;)*) => {
        $(
            #[on_event("*")]
            async fn $name($(_: $argument),*) -> $output {
                $body
            }
        )*

        const OUTCOMES: &[(&str, &str)] = &[$((stringify!($name), $outcome)),*];
    };
}

type Failed<E> = Result<(), E>;

handlers! {
    a_error() -> Failed<Trap>, Err(DROPPED) => "failed: trap";
    b_another_error() -> Failed<Trap>, Err(DROPPED) => "failed: trap";
    boxed() -> Failed<Box<dyn Error + Send + Sync>>, Err(DROPPED.into()) => "failed: trap";
    cause() -> anyhow::Result<()>, Err(DROPPED).context("why") => "failed: why: trap";
    custom_and_missing(Custom, Custom, Missing) -> (), () => "not called: missing";
    custom_and_panic(Custom, Custom, Panicking) -> (), () => "panicked: no message";
    data(Data<Own>) -> (), () => "panicked: in drop";
    data_and_missing(Data<Own>, Data<Own>, Missing) -> (), () => "not called: missing";
    data_and_panic(Data<Own>, Data<Own>, Panicking) -> (), () => "panicked: no message";
    data_refused(Data<RefusingDrop>) -> (), () => "panicked: in drop";
    data_refused_in_display(Data<RefusingDisplay>) -> (), () => "panicked: in Display";
    extension(Extension<Trap>) -> (), () => "panicked: in drop";
    extension_and_missing(Extension<Trap>, Extension<Trap>, Missing) -> (), () => "not called: missing";
    extension_and_panic(Extension<Trap>, Extension<Trap>, Panicking) -> (), () => "panicked: no message";
    fine() -> (), () => "done";
    future() -> (), {
        let _trap = DROPPED;
        tokio::task::yield_now().await;
    } => "panicked: in drop";
    io() -> std::io::Result<()>, Err(std::io::Error::other(EVERYWHERE))
        => "failed: trap(no text, because writing it panicked)";
    panic() -> (), panic_any(DROPPED) => "panicked: no message";
    panic_endless() -> (), panic_any(Endless) => "panicked: no message";
    permanent() -> Failed<HandlerError>, Err(HandlerError::permanent(DROPPED))
        => "failed for good: trap";
    printed() -> Failed<Trap>, Err(Trap(&["Display"]))
        => "failed: trap(no text, because writing it panicked)";
    printed_everywhere() -> Failed<Trap>, Err(EVERYWHERE)
        => "failed: trap(no text, because writing it panicked)";
    printed_for_debugging() -> Failed<Trap>, Err(Trap(&["Debug"])) => "failed: trap";
    retried() -> Failed<HandlerError>, Err(HandlerError::retry_after(Duration::ZERO, EVERYWHERE))
        => "failed: trap(no text, because writing it panicked)";
    state(State<Trap>) -> (), () => "panicked: in drop";
    state_and_missing(State<Trap>, State<Trap>, Missing) -> (), () => "not called: missing";
    state_and_panic(State<Trap>, State<Trap>, Panicking) -> (), () => "panicked: no message";
    twice_wrapped() -> Failed<HandlerError>, {
        Err(HandlerError::permanent(HandlerError::new(EVERYWHERE)))
    } => "failed for good: trap(no text, because writing it panicked)";
}

/// The handlers of the last report, with their outcomes.
type Reported = Arc<Mutex<Vec<(&'static str, String)>>>;

fn builder(functions: &[&'static str]) -> (DispatcherBuilder, Reported) {
    let functions = functions.to_vec();
    let reported = Reported::default();
    let seen = Arc::clone(&reported);
    let builder = support::builder()
        .select(within(module_path!()))
        .select(move |it| functions.contains(&function(it.name())))
        .state(DROPPED)
        .on_report(move |report| {
            assert!(report.to_string().contains("fine"));
            assert!(format!("{report:?}").contains("Done"));
            *seen.lock().unwrap() = outcomes(report);
        });
    (builder, reported)
}

fn tag() -> Incoming {
    automation(TAG_ADDED).extension(DROPPED)
}

/// Fails if a panic escapes.
#[track_caller]
fn caught<T>(what: &str, run: impl FnOnce() -> T) -> T {
    let escaped = |_| panic!("a panic escaped from {what}");
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(escaped)
}

fn expected(functions: &[&'static str]) -> Vec<(&'static str, String)> {
    let chosen = OUTCOMES.iter().filter(|(name, _)| functions.contains(name));
    chosen
        .map(|(name, outcome)| (*name, (*outcome).to_owned()))
        .collect()
}

fn all() -> Vec<&'static str> {
    OUTCOMES.iter().map(|(name, _)| *name).collect()
}

#[test]
fn each_value_gives_its_outcome_and_does_not_affect_another_handler() {
    for (name, _) in OUTCOMES {
        let functions = [name, "fine"];
        let (builder, reported) = builder(&functions);
        let dispatcher = builder.build().unwrap();
        caught(name, || finish(dispatcher.receive(tag())));
        assert_eq!(*reported.lock().unwrap(), expected(&functions));
        caught(name, || finish(dispatcher.idle()));
        caught(name, || drop(dispatcher));
    }
}

#[test]
fn all_values_at_once_give_their_outcomes() {
    let (builder, reported) = builder(&all());
    let dispatcher = builder.build().unwrap();
    let reply = caught("receive", || finish(dispatcher.receive(tag())));
    assert_eq!(reply.status(), 503);
    assert_eq!(*reported.lock().unwrap(), expected(&all()));
}

#[test]
fn a_report_can_be_dropped() {
    let (builder, _) = builder(&all());
    let dispatcher = builder.build().unwrap();
    let report = || {
        let delivery = dispatcher.verify(tag()).unwrap();
        finish(dispatcher.dispatch(&delivery))
    };
    caught("drop", || drop(report()));
    // And while another panic unwinds.
    let panic = catch_unwind(AssertUnwindSafe(|| {
        let _reports = [report(), report()];
        panic!("of the user");
    }));
    assert_eq!(
        *panic.unwrap_err().downcast::<&str>().unwrap(),
        "of the user"
    );
}

#[test]
fn a_refused_request_drops_its_extensions() {
    let (builder, _) = builder(&["fine"]);
    let dispatcher = builder.build().unwrap();
    let wrong = || tag().query("token=wrong").extension(Extension(DROPPED));
    let status = caught("receive", || finish(dispatcher.receive(wrong())).status());
    assert_eq!(status, 401);
    caught("verify", || assert!(dispatcher.verify(wrong()).is_err()));
    caught("replacing an extension", || tag().extension(DROPPED));
    caught("head", || {
        let head = Head::new("GET").extension(DROPPED);
        assert!(dispatcher.check_head(&head).is_err());
    });
}

#[cfg(feature = "http")]
#[test]
fn a_request_of_the_crate_http_drops_its_extensions() {
    let (builder, _) = builder(&["fine", "extension"]);
    let dispatcher = builder.build().unwrap();
    for (token, status) in [(TOKEN, 500), ("wrong", 401)] {
        let request = http::Request::post(format!("/?token={token}"))
            .extension(DROPPED)
            .extension(Extension(DROPPED))
            .body(bytes::Bytes::from(TAG_ADDED))
            .unwrap();
        let reply = caught(token, || finish(dispatcher.receive(request.into())));
        assert_eq!(reply.status(), status);
    }
}

#[test]
fn hooks_that_panic_and_hold_traps_are_caught() {
    let builder = || {
        let (select, report, reject, detach) = (DROPPED, DROPPED, DROPPED, DROPPED);
        support::builder()
            .select(within(module_path!()))
            .select(move |it| select.holds() && function(it.name()) == "fine")
            .state(DROPPED)
            .on_report(move |_| panic_any(report.clone()))
            .on_reject(move |_| panic_any(reject.clone()))
            .detach(move |_| panic_any(detach.clone()))
    };
    let dispatcher = caught("build", || builder().build().unwrap());
    let status = |incoming| caught("receive", || finish(dispatcher.receive(incoming)).status());
    assert_eq!(status(tag()), 500);
    assert_eq!(status(Incoming::post(TAG_ADDED)), 401);
    finish(dispatcher.idle());
    caught("the dispatcher", || drop(dispatcher));
    caught("build", || builder().state(DROPPED).build().unwrap_err());
}

#[test]
fn a_request_can_be_dropped_before_it_ends() {
    let (builder, reported) = builder(&all());
    let dispatcher = builder.build().unwrap();
    // `future` needs another poll.
    let mut request = Box::pin(dispatcher.receive(tag()));
    assert!(caught("receive", || poll(request.as_mut())).is_none());
    caught("the request", || drop(request));
    assert_eq!(*reported.lock().unwrap(), expected(&all()));
}

#[test]
fn detached_work_can_be_dropped_before_or_after_its_request() {
    let (builder, reported) = builder(&all());
    let queue = Arc::new(Mutex::new(Vec::<DetachedTask>::new()));
    let tasks = Arc::clone(&queue);
    let dispatcher = builder
        .detach(move |task| tasks.lock().unwrap().push(task))
        .build()
        .unwrap();
    let task = || queue.lock().unwrap().pop().unwrap();

    // The request is dropped before the work ends.
    let mut request = Box::pin(dispatcher.receive(tag()));
    assert!(poll(request.as_mut()).is_none());
    drop(request);
    caught("the work", || finish(task()));
    assert_eq!(*reported.lock().unwrap(), expected(&all()));

    // The request is dropped after the work ended, before it took the report.
    let mut request = Box::pin(dispatcher.receive(tag().query(format!("token={TOKEN}&again"))));
    assert!(poll(request.as_mut()).is_none());
    caught("the work", || finish(task()));
    caught("the request", || drop(request));

    // The work is dropped before it ends.
    let mut request = pin!(dispatcher.receive(tag()));
    assert!(poll(request.as_mut()).is_none());
    let mut work = task();
    assert!(caught("the work", || poll(work.as_mut())).is_none());
    caught("the work", || drop(work));
    caught("the request", || finish(request));
}
