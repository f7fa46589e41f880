//! Handlers of one delivery beside each other, and deliveries that outlive
//! their requests.

use std::panic::panic_any;
use std::pin::pin;
use std::sync::{Arc, Mutex};

use siohook::{Dispatcher, DispatcherBuilder, Incoming, Report, State, Unhandled, on_event};
use tokio::sync::Notify;

use crate::support::{
    self, TAG_ADDED, account, automation, expected, finish, fixture, only, outcomes, poll, within,
};

/// What the handlers of a test share.
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

/// Panics when it is dropped before it was disarmed.
struct Bomb {
    armed: bool,
}

impl Bomb {
    fn new() -> Self {
        Self { armed: true }
    }

    fn disarm(mut self) {
        self.armed = false;
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(!self.armed, "bomb");
    }
}

// Each of the two waits for the other, in both directions.

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
async fn panics_late(State(world): State<World>) {
    world.gate.notified().await;
    let number = 7;
    panic!("number {number}");
}

#[on_event("*")]
async fn panics_without_words() {
    panic_any(7_u8);
}

/// Whoever drops the payload is in for another panic.
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

/// A state that cannot be taken.
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn handlers_of_one_delivery_run_concurrently_under_a_runtime() {
    let (dispatcher, world) = built(&["left", "right"]);
    let reply = tokio::spawn(async move { dispatcher.receive(tag()).await }).await;
    assert_eq!(reply.unwrap().outcome(), "done");
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
        [finish(other).outcome(), finish(one).outcome()],
        ["done", "done"]
    );
}

#[test]
fn a_panic_or_an_error_in_one_is_its_outcome_and_the_others_finish() {
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
fn a_panic_after_an_await_is_an_outcome_too() {
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

/// Two panics at once would end the process.
#[test]
fn panics_while_a_delivery_is_dropped_do_no_harm() {
    let (dispatcher, world) = built(&["holds_a_bomb", "holds_another_bomb"]);
    let mut request = Box::pin(dispatcher.receive(tag()));
    assert!(poll(request.as_mut()).is_none());
    drop(request);
    finish(dispatcher.idle());
    let mut again = pin!(dispatcher.receive(tag()));
    assert!(poll(again.as_mut()).is_none());
    world.gate.notify_waiters();
    assert_eq!(finish(again).outcome(), "done");
}

#[test]
fn a_dispatcher_is_as_good_as_new_after_a_panic() {
    let (dispatcher, _) = built(&["panics"]);
    for _ in 0..3 {
        assert_eq!(dispatched(&dispatcher).reply().status(), 500);
    }
    finish(dispatcher.idle());
}

mod detached {
    use super::*;
    use siohook::DetachedTask;

    /// Runs what it was given only when asked.
    #[derive(Clone, Default)]
    struct Executor(Arc<Mutex<Vec<DetachedTask>>>);

    impl Executor {
        fn builder(&self, builder: DispatcherBuilder) -> DispatcherBuilder {
            let queue = Arc::clone(&self.0);
            builder.detach(move |work| queue.lock().unwrap().push(work))
        }

        fn take(&self) -> Vec<DetachedTask> {
            std::mem::take(&mut *self.0.lock().unwrap())
        }
    }

    #[test]
    fn the_work_of_a_delivery_goes_to_the_executor() {
        let executor = Executor::default();
        let (builder, world) = with(&["left", "right"]);
        let dispatcher = executor.builder(builder).build().unwrap();
        let mut request = pin!(dispatcher.receive(tag()));
        assert!(poll(request.as_mut()).is_none());
        let [work] = executor.take().try_into().ok().unwrap();
        assert_eq!(world.ended(), [""; 0]);
        finish(work);
        assert_eq!(world.ended(), ["right", "left"]);
        assert_eq!(finish(request).outcome(), "done");
    }

    #[test]
    fn a_request_that_is_dropped_changes_nothing() {
        let executor = Executor::default();
        let (builder, world) = with(&["waits"]);
        let dispatcher = executor.builder(builder).build().unwrap();
        let mut request = Box::pin(dispatcher.receive(tag()));
        assert!(poll(request.as_mut()).is_none());
        let mut work = executor.take().pop().unwrap();
        assert!(poll(work.as_mut()).is_none());
        drop(request);

        let mut idle = pin!(dispatcher.idle());
        assert!(poll(idle.as_mut()).is_none());
        world.gate.notify_one();
        assert!(poll(idle.as_mut()).is_none());
        finish(work);
        assert_eq!(world.ended(), ["waits"]);
        assert!(poll(idle.as_mut()).is_some());

        let mut again = pin!(dispatcher.receive(tag()));
        assert!(poll(again.as_mut()).is_none());
        executor.take().into_iter().for_each(finish);
        assert_eq!(finish(again).outcome(), "done_before");
    }

    /// While the first is at work, though nobody waits for its reply.
    #[test]
    fn a_second_attempt_is_refused_while_the_first_is_at_work() {
        let executor = Executor::default();
        let (builder, _) = with(&["waits"]);
        let dispatcher = executor.builder(builder).build().unwrap();
        let mut first = Box::pin(dispatcher.receive(tag()));
        assert!(poll(first.as_mut()).is_none());
        let mut work = executor.take().pop().unwrap();
        assert!(poll(work.as_mut()).is_none());
        drop(first);
        let mut second = pin!(dispatcher.receive(tag()));
        assert!(poll(second.as_mut()).is_none());
        executor.take().into_iter().for_each(finish);
        assert_eq!(finish(second).status(), 409);
    }

    #[test]
    fn an_executor_that_drops_its_work_is_a_failure() {
        let (builder, world) = with(&["waits"]);
        let dispatcher = builder.detach(drop).build().unwrap();
        for _ in 0..2 {
            let reply = finish(dispatcher.receive(tag()));
            assert_eq!((reply.status(), reply.outcome()), (500, "failed"));
        }
        finish(dispatcher.idle());
        assert_eq!(world.ended(), [""; 0]);
    }

    /// Shut down midway.
    #[test]
    fn work_that_is_dropped_midway_is_a_failure_and_released() {
        let executor = Executor::default();
        let (builder, world) = with(&["left", "right", "waits"]);
        let dispatcher = executor.builder(builder).build().unwrap();
        let mut request = pin!(dispatcher.receive(tag()));
        assert!(poll(request.as_mut()).is_none());
        let mut work = executor.take().pop().unwrap();
        assert!((0..9).all(|_| poll(work.as_mut()).is_none()));
        drop(work);
        assert_eq!(finish(request).status(), 500);

        world.gate.notify_one();
        let mut again = pin!(dispatcher.receive(tag()));
        assert!(poll(again.as_mut()).is_none());
        executor.take().into_iter().for_each(finish);
        assert_eq!(finish(again).outcome(), "done");
        assert_eq!(world.ended(), ["right", "left", "waits"]);
    }

    #[tokio::test]
    async fn a_runtime_ends_what_the_sender_gave_up() {
        let (builder, world) = with(&["waits"]);
        let dispatcher = builder
            .detach(|work| {
                tokio::spawn(work);
            })
            .build()
            .unwrap();
        let mut request = Box::pin(dispatcher.receive(tag()));
        assert!(poll(request.as_mut()).is_none());
        drop(request);
        world.gate.notify_one();
        let mut idle = pin!(dispatcher.idle());
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert!(poll(idle.as_mut()).is_some());
        assert_eq!(world.ended(), ["waits"]);
    }

    #[test]
    fn a_refusal_is_not_given_to_the_executor() {
        let executor = Executor::default();
        let (builder, _) = with(&["waits"]);
        let dispatcher = executor.builder(builder).build().unwrap();
        assert_eq!(
            finish(dispatcher.receive(Incoming::post("{"))).status(),
            401
        );
        assert!(executor.take().is_empty());
    }
}

mod idle {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Wake};

    use super::*;

    #[test]
    fn it_resolves_when_no_delivery_is_in_progress() {
        let (dispatcher, world) = built(&["waits"]);
        finish(dispatcher.idle());
        let mut request = pin!(dispatcher.receive(tag()));
        assert!(poll(request.as_mut()).is_none());
        let clone = dispatcher.clone();
        let (mut one, mut other) = (pin!(dispatcher.idle()), pin!(clone.idle()));
        assert!(poll(one.as_mut()).is_none() && poll(other.as_mut()).is_none());
        world.gate.notify_one();
        finish(request);
        assert!(poll(one.as_mut()).is_some() && poll(other.as_mut()).is_some());
    }

    #[test]
    fn a_request_that_is_dropped_is_not_in_progress() {
        let (dispatcher, _) = built(&["waits"]);
        let mut request = Box::pin(dispatcher.receive(tag()));
        assert!(poll(request.as_mut()).is_none());
        let mut idle = pin!(dispatcher.idle());
        assert!(poll(idle.as_mut()).is_none());
        drop(request);
        assert!(poll(idle.as_mut()).is_some());
    }

    struct Wakes(AtomicUsize);

    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn it_wakes_all_who_wait() {
        let (dispatcher, world) = built(&["waits"]);
        let mut request = pin!(dispatcher.receive(tag()));
        assert!(poll(request.as_mut()).is_none());
        let mut idle: Vec<_> = (0..8).map(|_| Box::pin(dispatcher.idle())).collect();
        let counts = [(); 8].map(|()| Arc::new(Wakes(AtomicUsize::new(0))));
        for (idle, counts) in idle.iter_mut().zip(&counts) {
            let waker = Arc::clone(counts).into();
            let cx = &mut Context::from_waker(&waker);
            assert!(idle.as_mut().poll(cx).is_pending());
        }
        let woken = || counts.iter().filter(|it| it.0.load(Ordering::SeqCst) > 0);
        assert_eq!(woken().count(), 0);
        world.gate.notify_one();
        finish(request);
        assert_eq!(woken().count(), 8);
        assert!(idle.iter_mut().all(|idle| poll(idle.as_mut()).is_some()));
    }
}

mod hooks {
    use super::*;

    #[test]
    fn hooks_that_panic_do_no_harm() {
        let (builder, _) = with(&["left", "right"]);
        let dispatcher = builder
            .on_report(|_| panic!("report"))
            .on_reject(|_| panic!("reject"))
            .build()
            .unwrap();
        assert_eq!(finish(dispatcher.receive(tag())).outcome(), "done");
        assert_eq!(finish(dispatcher.receive(tag())).outcome(), "done_before");
        let refused = finish(dispatcher.receive(Incoming::post(TAG_ADDED)));
        assert_eq!(refused.status(), 401);
        assert!(dispatcher.verify(Incoming::post(TAG_ADDED)).is_err());
        finish(dispatcher.idle());
    }

    #[test]
    fn a_hook_whose_panic_cannot_be_dropped_does_no_harm() {
        let (builder, _) = with(&["panics"]);
        let dispatcher = builder
            .on_report(|_| panic_any(Bomb::new()))
            .build()
            .unwrap();
        assert_eq!(finish(dispatcher.receive(tag())).status(), 500);
        finish(dispatcher.idle());
    }

    #[test]
    fn every_delivery_is_reported_once() {
        let statuses = Arc::new(Mutex::new(vec![]));
        let seen = Arc::clone(&statuses);
        let (builder, world) = with(&["waits"]);
        let dispatcher = builder
            .on_report(move |report| {
                let handlers = report.handlers().len();
                seen.lock()
                    .unwrap()
                    .push((report.reply().status(), handlers));
            })
            .build()
            .unwrap();
        let mut first = pin!(dispatcher.receive(tag()));
        assert!(poll(first.as_mut()).is_none());
        finish(dispatcher.receive(tag()));
        world.gate.notify_one();
        finish(first);
        finish(dispatcher.receive(tag()));
        finish(dispatcher.receive(Incoming::post("refused")));
        assert_eq!(*statuses.lock().unwrap(), [(409, 0), (200, 1), (200, 1)]);
    }

    #[test]
    fn a_delivery_nobody_listens_to_is_reported() {
        let outcome = Arc::new(Mutex::new(vec![]));
        let seen = Arc::clone(&outcome);
        let dispatcher = builder()
            .select(|_| false)
            .allow_no_handlers()
            .on_unhandled(Unhandled::Reject)
            .on_report(move |report| seen.lock().unwrap().push(report.reply().status()))
            .build()
            .unwrap();
        finish(dispatcher.receive(tag()));
        assert_eq!(*outcome.lock().unwrap(), [404]);
    }

    /// The report is made before the reply is given, so that nothing is lost
    /// between the two.
    #[test]
    fn the_report_is_what_dispatch_returns() {
        let texts = Arc::new(Mutex::new(vec![]));
        let seen = Arc::clone(&texts);
        let (builder, _) = with(&["fails", "panics"]);
        let dispatcher = builder
            .on_report(move |report| seen.lock().unwrap().push(report.to_string()))
            .build()
            .unwrap();
        let report = dispatched(&dispatcher);
        assert_eq!(*texts.lock().unwrap(), [report.to_string()]);
        let lines: Vec<_> = texts.lock().unwrap()[0]
            .lines()
            .map(str::to_owned)
            .collect();
        assert!(
            lines[0].starts_with("contact.tag.added automation:"),
            "{lines:?}"
        );
        assert!(lines[0].ends_with(": 500 failed"), "{lines:?}");
        assert!(lines[1].contains("concurrency::fails (") && lines[1].contains("failed: no"));
        assert!(lines[2].contains("concurrency::panics (") && lines[2].contains("first words"));
    }
}
