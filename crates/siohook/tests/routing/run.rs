//! Chosen handlers of a delivery, run by id.

use std::pin::pin;
use std::sync::{Arc, Mutex};

use siohook::{
    Data, Delivery, Dispatcher, DispatcherBuilder, FromDelivery, HandlerContext, HandlerError,
    HandlerReport, Mismatch, Outcome, State, on_event,
};
use tokio::sync::Notify;

use crate::concurrency::Bomb;
use crate::support::{
    self, TAG_ADDED, account, automation, finish, fixture, function, outcome, poll, within,
};

/// What the handlers of a test share.
#[derive(Clone, Default)]
struct World {
    gate: Arc<Notify>,
    ping: Arc<Notify>,
    ran: Arc<Mutex<Vec<String>>>,
}

impl World {
    fn ran(&self) -> Vec<String> {
        std::mem::take(&mut *self.ran.lock().unwrap())
    }
}

/// The value of a run, as an argument.
struct Attempt(Option<u32>);

impl<'a, E> FromDelivery<'a, E> for Attempt {
    fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
        assert_eq!(context.run_value::<u64>(), None);
        Ok(Self(context.run_value().copied()))
    }
}

struct Unwritable;

impl<'a, E> FromDelivery<'a, E> for Unwritable {
    fn from_delivery(_: HandlerContext<'a>) -> Result<Self, Mismatch> {
        panic!("no argument")
    }
}

#[on_event("*", id = "counts")]
fn counts(Attempt(attempt): Attempt, State(world): State<World>) {
    world
        .ran
        .lock()
        .unwrap()
        .push(format!("counts {attempt:?}"));
}

#[on_event("contact.tag.added", id = "counts.too")]
fn counts_too(Attempt(attempt): Attempt, State(world): State<World>) {
    world
        .ran
        .lock()
        .unwrap()
        .push(format!("counts_too {attempt:?}"));
}

// `pings` and `waits_for_a_ping` end only if both run at the same time.

#[on_event("*", id = "pings")]
async fn pings(State(world): State<World>) {
    world.ping.notify_one();
    world.gate.notified().await;
}

#[on_event("*", id = "pinged")]
async fn waits_for_a_ping(State(world): State<World>) {
    world.ping.notified().await;
}

#[on_event("*", id = "fails")]
fn fails() -> Result<(), HandlerError> {
    Err(HandlerError::permanent("no"))
}

#[on_event("*", id = "misfits")]
fn misfits(_: Data<u64>) {}

#[on_event("*", id = "panics")]
async fn panics() {
    tokio::task::yield_now().await;
    panic!("words");
}

#[on_event("*", id = "panics.early")]
fn panics_early(_: Unwritable) {}

#[on_event("*", id = "holds")]
async fn holds_a_bomb(State(world): State<World>) {
    let bomb = Bomb::new();
    world.gate.notified().await;
    bomb.disarm();
}

#[on_event("SALE_NEW", id = "sale")]
fn of_another_event() {}

fn builder() -> (DispatcherBuilder, World) {
    let world = World::default();
    let builder = support::builder()
        .select(within(module_path!()))
        .state(world.clone());
    (builder, world)
}

fn built() -> (Dispatcher, World, Delivery) {
    let (builder, world) = builder();
    let dispatcher = builder.build().unwrap();
    let delivery = dispatcher.verify(automation(TAG_ADDED)).unwrap();
    (dispatcher, world, delivery)
}

/// The ids with the same value for each.
fn ids<const N: usize>(ids: [&'static str; N]) -> [(&'static str, u32); N] {
    ids.map(|id| (id, 7))
}

/// The ends that were told, with the id of each handler.
#[derive(Default)]
struct Ends(Mutex<Vec<(&'static str, String)>>);

impl Ends {
    fn tell(&self, handler: &HandlerReport) {
        let outcome = handler.outcome().to_string();
        let word = outcome.split(": it was").next().unwrap();
        self.0.lock().unwrap().push((handler.id(), word.to_owned()));
    }

    fn taken(&self) -> Vec<(&'static str, String)> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

fn ends<const N: usize>(ends: [(&'static str, &str); N]) -> Vec<(&'static str, String)> {
    support::expected(ends)
}

#[test]
fn only_the_chosen_handlers_run_each_with_its_value() {
    let (dispatcher, world, delivery) = built();
    let told = Ends::default();
    let runs = [("counts.too", 2_u32), ("counts", 1)];
    finish(dispatcher.run(&delivery, runs, |it| told.tell(it))).unwrap();
    assert_eq!(world.ran(), ["counts_too Some(2)", "counts Some(1)"]);
    assert_eq!(
        told.taken(),
        ends([("counts.too", "done"), ("counts", "done")])
    );

    // Ids may be owned, and the value may have another type.
    let runs = vec![(String::from("counts"), "not a number")];
    finish(dispatcher.run(&delivery, runs, |_| ())).unwrap();
    assert_eq!(world.ran(), ["counts None"]);
    finish(dispatcher.run(&delivery, ids([]), |_| unreachable!())).unwrap();
}

#[test]
fn there_is_no_value_outside_of_run() {
    let (builder, world) = builder();
    let dispatcher = builder.select(|it| it.id() == "counts").build().unwrap();
    finish(dispatcher.receive(automation(TAG_ADDED)));
    assert_eq!(world.ran(), ["counts None"]);
}

#[test]
fn handlers_run_concurrently_and_each_end_is_told_at_once() {
    let (dispatcher, world, delivery) = built();
    let told = Ends::default();
    let runs = ids([
        "pinged",
        "pings",
        "fails",
        "misfits",
        "panics",
        "panics.early",
    ]);
    let mut run = pin!(dispatcher.run(&delivery, runs, |it| told.tell(it)));
    assert!(poll(run.as_mut()).is_none());
    let [early, fails, misfits] = told.taken().try_into().unwrap();
    assert_eq!(early, ("panics.early", "panicked: no argument".to_owned()));
    assert_eq!(fails, ("fails", "failed for good: no".to_owned()));
    assert!(misfits.1.starts_with("not called: "), "{misfits:?}");
    assert!((0..9).all(|_| poll(run.as_mut()).is_none()));
    assert_eq!(
        told.taken(),
        ends([("pinged", "done"), ("panics", "panicked: words")])
    );
    world.gate.notify_one();
    finish(run).unwrap();
    assert_eq!(told.taken(), ends([("pings", "done")]));
}

#[test]
fn unknown_ids_are_an_error_before_anything_runs() {
    let (dispatcher, world, delivery) = built();
    let long = "x".repeat(1_000_000);
    let runs = ["sale", "counts", "counts\n", "counts", &long].map(|id| (id, ()));
    let error = finish(dispatcher.run(&delivery, runs, |_| unreachable!())).unwrap_err();
    assert_eq!(error.ids(), ["sale", "counts\n", "counts", &long]);
    let text = error.to_string();
    let start = r#"no handler of contact.tag.added has the id, or it is given twice: "sale", "counts\n", "counts", "xxx"#;
    assert!(text.starts_with(start), "{text}");
    assert!(text.len() < 400, "{}", text.len());
    assert_eq!(format!("{error:?}"), text);
    assert_eq!(world.ran(), [""; 0]);

    let sale = account("SALE_NEW", fixture("account/SALE_NEW"));
    let sale = dispatcher.verify(sale).unwrap();
    finish(dispatcher.run(&sale, ids(["sale", "counts"]), |_| ())).unwrap();
    assert_eq!(world.ran(), ["counts Some(7)"]);
}

#[test]
fn the_memory_is_neither_asked_nor_told() {
    let (builder, world) = builder();
    let builder = builder.select(|it| ["counts", "pings"].contains(&it.id()));
    let dispatcher = builder.build().unwrap();
    let delivery = dispatcher.verify(automation(TAG_ADDED)).unwrap();
    // A run is not an attempt in progress, and what it did is not done before.
    let mut run = pin!(dispatcher.run(&delivery, ids(["counts", "pings"]), |_| ()));
    assert!(poll(run.as_mut()).is_none());
    let mut dispatch = pin!(dispatcher.dispatch(&delivery));
    assert!(poll(dispatch.as_mut()).is_none());
    world.gate.notify_waiters();
    let report = finish(dispatch);
    assert!(matches!(outcome(&report, "counts"), Outcome::Done));
    finish(run).unwrap();
    // What the memory holds as done runs.
    finish(dispatcher.run(&delivery, ids(["counts"]), |_| ())).unwrap();
    assert_eq!(
        world.ran(),
        ["counts Some(7)", "counts None", "counts Some(7)"]
    );
}

#[test]
fn a_panic_of_the_closure_is_ignored() {
    let (dispatcher, world, delivery) = built();
    let mut told = vec![];
    let runs = ids(["panics.early", "counts", "pings", "counts.too"]);
    let mut run = Box::pin(dispatcher.run(&delivery, runs, |handler| {
        told.push(function(handler.name()));
        panic!("closure");
    }));
    assert!(poll(run.as_mut()).is_none());
    drop(run);
    assert_eq!(told, ["panics_early", "counts", "counts_too", "pings"]);
    assert_eq!(world.ran().len(), 2);
}

#[test]
fn a_dropped_run_tells_the_handlers_that_it_cancelled() {
    let (dispatcher, _, delivery) = built();
    let told = Ends::default();
    let bomb = Bomb::new();
    let runs = ids(["holds", "pings", "counts"]);
    let mut run = Box::pin(dispatcher.run(&delivery, runs, |it| {
        let _ = &bomb;
        told.tell(it);
    }));
    assert!(poll(run.as_mut()).is_none());
    assert_eq!(told.taken(), ends([("counts", "done")]));
    drop(run);
    let cancelled = [("holds", "panicked: bomb"), ("pings", "cancelled")];
    assert_eq!(told.taken(), ends(cancelled));
    bomb.disarm();

    // A run that was never polled did not begin.
    drop(dispatcher.run(&delivery, ids(["counts"]), |_| unreachable!()));
}

/// The closure belongs to the run, which drops it, also while a panic unwinds.
#[test]
fn dropping_the_closure_and_the_values_may_panic() {
    let (dispatcher, world, delivery) = built();
    let bomb = Bomb::new();
    let runs = [("counts", Bomb::new()), ("pings", Bomb::new())];
    let mut run = Box::pin(dispatcher.run(&delivery, runs, move |_| {
        let _ = &bomb;
    }));
    assert!(poll(run.as_mut()).is_none());
    drop(run);
    assert_eq!(world.ran(), ["counts None"]);
}

#[test]
fn the_executor_and_idle_are_not_involved() {
    let (builder, world) = builder();
    let dispatcher = builder.detach(|_| unreachable!()).build().unwrap();
    let delivery = dispatcher.verify(automation(TAG_ADDED)).unwrap();
    let mut run = pin!(dispatcher.run(&delivery, ids(["pings", "counts"]), |_| ()));
    assert!(poll(run.as_mut()).is_none());
    finish(dispatcher.idle());
    world.gate.notify_one();
    finish(run).unwrap();
    assert_eq!(world.ran(), ["counts Some(7)"]);
}

#[test]
fn a_run_can_be_sent() {
    fn sent<T: Send>(_: &T) {}
    let (dispatcher, _, delivery) = built();
    sent(&dispatcher.run(&delivery, ids(["counts"]), |_| ()));
}
