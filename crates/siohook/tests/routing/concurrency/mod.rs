//! Handlers that run concurrently, and deliveries that outlive their requests.

mod cancelled;
mod detached;
mod documented;
mod hooks;
mod idle;
mod reentrant;

use std::panic::panic_any;
use std::pin::pin;
use std::sync::{Arc, Mutex};

use siohook::{Dispatcher, DispatcherBuilder, Incoming, Report, State, Unhandled, on_event};
use tokio::sync::Notify;

use crate::support::{
    self, TAG_ADDED, account, automation, expected, finish, fixture, only, outcomes, poll, within,
};

/// The state that the handlers of a test share.
#[derive(Clone, Default)]
struct World {
    ping: Arc<Notify>,
    pong: Arc<Notify>,
    gate: Arc<Notify>,
    ended: Arc<Mutex<Vec<&'static str>>>,
}

impl World {
    fn end(&self, handler: &'static str) {
        self.ended.lock().unwrap().push(handler);
    }

    fn ended(&self) -> Vec<&'static str> {
        self.ended.lock().unwrap().clone()
    }
}

/// The handlers of each report, with the first word of their outcomes.
#[derive(Clone, Default)]
struct Reports(Arc<Mutex<Vec<Vec<(&'static str, String)>>>>);

impl Reports {
    fn hook(&self) -> impl Fn(&Report) + Send + Sync + 'static {
        let reports = Arc::clone(&self.0);
        move |report| reports.lock().unwrap().push(words(report))
    }

    fn taken(&self) -> Vec<Vec<(&'static str, String)>> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

fn words(report: &Report) -> Vec<(&'static str, String)> {
    let word = |(name, outcome): (_, String)| {
        let word = outcome.split(':').next().unwrap_or_default();
        (name, word.to_owned())
    };
    outcomes(report).into_iter().map(word).collect()
}

/// Panics when it is dropped, unless it was disarmed.
pub(crate) struct Bomb {
    armed: bool,
}

impl Bomb {
    pub(crate) fn new() -> Self {
        Self { armed: true }
    }

    pub(crate) fn disarm(mut self) {
        self.armed = false;
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(!self.armed, "bomb");
    }
}

// `left` and `right` wait for each other.

#[on_event("*")]
async fn left(State(world): State<World>) {
    world.ping.notify_one();
    world.pong.notified().await;
    world.end("left");
}

#[on_event("*")]
async fn right(State(world): State<World>) {
    world.ping.notified().await;
    world.pong.notify_one();
    world.end("right");
}

#[on_event("*")]
async fn waits(State(world): State<World>) {
    world.gate.notified().await;
    world.end("waits");
}

#[on_event("*")]
fn panics() {
    panic!("first words");
}

#[on_event("*")]
fn blocks() {
    std::thread::sleep(std::time::Duration::from_millis(100));
}

#[on_event("*")]
fn returns() {}

#[on_event("*")]
async fn panics_late(State(world): State<World>) {
    world.gate.notified().await;
    let number = 7;
    panic!("number {number}");
}

#[on_event("*")]
async fn panics_without_words() {
    panic_any(7_u8);
}

/// Dropping the payload of this panic panics again.
#[on_event("*")]
fn panics_with_a_bomb() {
    panic_any(Bomb::new());
}

#[on_event("*")]
async fn drops_a_bomb() {
    let _bomb = Bomb::new();
    tokio::task::yield_now().await;
}

#[on_event("*")]
async fn holds_a_bomb(State(world): State<World>) {
    let bomb = Bomb::new();
    world.gate.notified().await;
    bomb.disarm();
}

#[on_event("*")]
async fn holds_another_bomb(State(world): State<World>) {
    let bomb = Bomb::new();
    world.gate.notified().await;
    bomb.disarm();
}

#[on_event("*")]
async fn fails() -> anyhow::Result<()> {
    tokio::task::yield_now().await;
    anyhow::bail!("no")
}

/// A state that panics when a handler takes it.
struct Unclonable;

impl Clone for Unclonable {
    fn clone(&self) -> Self {
        panic!("no clone");
    }
}

#[on_event("*")]
fn takes_what_panics(_: State<Unclonable>) {}

fn builder() -> DispatcherBuilder {
    support::builder().select(within(module_path!()))
}

fn with(functions: &'static [&'static str]) -> (DispatcherBuilder, World) {
    let world = World::default();
    let builder = builder()
        .select(only(functions))
        .state(world.clone())
        .state(Unclonable);
    (builder, world)
}

fn built(functions: &'static [&'static str]) -> (Dispatcher, World) {
    let (builder, world) = with(functions);
    (builder.build().unwrap(), world)
}

fn tag() -> Incoming {
    automation(TAG_ADDED)
}

fn dispatched(dispatcher: &Dispatcher) -> Report {
    let delivery = dispatcher.verify(tag()).unwrap();
    finish(dispatcher.dispatch(&delivery))
}

#[test]
fn handlers_of_one_delivery_run_concurrently() {
    let (dispatcher, world) = built(&["left", "right"]);
    let report = dispatched(&dispatcher);
    assert_eq!(
        outcomes(&report),
        expected([("left", "done"), ("right", "done")])
    );
    assert_eq!(world.ended(), ["right", "left"]);
}

#[test]
fn elapsed_time_starts_at_the_first_poll() {
    let (dispatcher, _) = built(&["blocks", "returns"]);
    let report = dispatched(&dispatcher);
    let [blocks, returns] = report.handlers() else {
        panic!("{report}")
    };
    assert!(blocks.elapsed().as_millis() >= 100, "{report}");
    assert!(returns.elapsed() < blocks.elapsed(), "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn handlers_of_one_delivery_run_concurrently_under_a_runtime() {
    let (dispatcher, world) = built(&["left", "right"]);
    let reply = tokio::spawn(async move { dispatcher.receive(tag()).await }).await;
    assert_eq!(reply.unwrap().outcome().as_str(), "done");
    assert_eq!(world.ended().len(), 2);
}

#[test]
fn deliveries_run_concurrently() {
    let (dispatcher, world) = built(&["waits"]);
    let created = account("CONTACT_CREATED", fixture("account/CONTACT_CREATED"));
    let mut one = pin!(dispatcher.receive(tag()));
    let mut other = pin!(dispatcher.receive(created));
    assert!(poll(one.as_mut()).is_none() && poll(other.as_mut()).is_none());
    world.gate.notify_waiters();
    assert_eq!(
        [
            finish(other).outcome().as_str(),
            finish(one).outcome().as_str()
        ],
        ["done", "done"]
    );
}

#[test]
fn a_failing_handler_does_not_stop_the_others() {
    let (dispatcher, world) = built(&[
        "drops_a_bomb",
        "fails",
        "left",
        "panics",
        "panics_with_a_bomb",
        "panics_without_words",
        "right",
        "takes_what_panics",
    ]);
    let report = dispatched(&dispatcher);
    assert_eq!(
        outcomes(&report),
        expected([
            ("drops_a_bomb", "panicked: bomb"),
            ("fails", "failed: no"),
            ("left", "done"),
            ("panics", "panicked: first words"),
            ("panics_with_a_bomb", "panicked: no message"),
            ("panics_without_words", "panicked: no message"),
            ("right", "done"),
            ("takes_what_panics", "panicked: no clone"),
        ])
    );
    assert_eq!(world.ended(), ["right", "left"]);
    assert_eq!(report.reply().status(), 500);
}

#[test]
fn a_panic_after_an_await_is_an_outcome() {
    let (dispatcher, world) = built(&["panics_late", "right", "left"]);
    let delivery = dispatcher.verify(tag()).unwrap();
    let mut dispatch = pin!(dispatcher.dispatch(&delivery));
    assert!((0..9).all(|_| poll(dispatch.as_mut()).is_none()));
    assert_eq!(world.ended(), ["right", "left"]);
    world.gate.notify_one();
    let report = finish(dispatch);
    assert_eq!(
        outcomes(&report),
        expected([
            ("left", "done"),
            ("panics_late", "panicked: number 7"),
            ("right", "done")
        ])
    );
}

/// Two panics at once would abort the process.
#[test]
fn panics_while_a_request_is_dropped_are_caught() {
    let (dispatcher, world) = built(&["holds_a_bomb", "holds_another_bomb"]);
    let mut request = Box::pin(dispatcher.receive(tag()));
    assert!(poll(request.as_mut()).is_none());
    drop(request);
    finish(dispatcher.idle());
    let mut again = pin!(dispatcher.receive(tag()));
    assert!(poll(again.as_mut()).is_none());
    world.gate.notify_waiters();
    assert_eq!(finish(again).outcome().as_str(), "done");
}

#[test]
fn a_dispatcher_still_works_after_a_panic() {
    let (dispatcher, _) = built(&["panics"]);
    for _ in 0..3 {
        assert_eq!(dispatched(&dispatcher).reply().status(), 500);
    }
    finish(dispatcher.idle());
}
