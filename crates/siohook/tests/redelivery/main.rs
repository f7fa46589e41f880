//! What becomes of a delivery that comes again.

#[path = "../support/mod.rs"]
mod support;

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex};

use siohook::{Dispatcher, DispatcherBuilder, HandlerError, Incoming, Reply, State, on_event};
use support::{
    SECRET, TAG_ADDED, account, automation, builder, envelope, expected, finish, fixture, only,
    outcomes, poll, sign,
};
use tokio::sync::{Barrier, Notify};

/// What handlers do, and how often they did it.
#[derive(Clone, Default)]
struct Script {
    runs: Arc<Mutex<HashMap<&'static str, usize>>>,
    gate: Arc<Notify>,
}

impl Script {
    /// Counts a run, and returns how many came before.
    fn run(&self, handler: &'static str) -> usize {
        let mut runs = self.runs.lock().unwrap();
        let count = runs.entry(handler).or_default();
        *count += 1;
        *count - 1
    }

    fn runs(&self, handler: &str) -> usize {
        self.runs
            .lock()
            .unwrap()
            .get(handler)
            .copied()
            .unwrap_or_default()
    }
}

#[on_event("*")]
fn succeeds(State(script): State<Script>) {
    script.run("succeeds");
}

/// Lets others run in between.
#[on_event("*")]
async fn yields(State(script): State<Script>) {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    script.run("yields");
}

#[on_event("*")]
fn fails_once(State(script): State<Script>) -> Result<(), &'static str> {
    match script.run("fails_once") {
        0 => Err("not yet"),
        _ => Ok(()),
    }
}

#[on_event("*")]
fn panics_once(State(script): State<Script>) {
    assert_ne!(script.run("panics_once"), 0, "not yet");
}

#[on_event("*")]
fn asks_for_time_once(State(script): State<Script>) -> Result<(), HandlerError> {
    match script.run("asks_for_time_once") {
        0 => Err(HandlerError::retry_after(
            std::time::Duration::ZERO,
            "not yet",
        )),
        _ => Ok(()),
    }
}

#[on_event("*")]
fn fails_for_good(State(script): State<Script>) -> Result<(), HandlerError> {
    script.run("fails_for_good");
    Err(HandlerError::permanent("never"))
}

/// Passes the gate only once it is open.
#[on_event("*")]
async fn waits(State(script): State<Script>) {
    script.run("begins to wait");
    script.gate.notified().await;
    script.run("waits");
}

fn with(functions: &'static [&'static str]) -> (DispatcherBuilder, Script) {
    let script = Script::default();
    let builder = builder().select(only(functions)).state(script.clone());
    (builder, script)
}

fn built(functions: &'static [&'static str]) -> (Dispatcher, Script) {
    let (builder, script) = with(functions);
    (builder.build().unwrap(), script)
}

fn receive(dispatcher: &Dispatcher, incoming: Incoming) -> Reply {
    finish(dispatcher.receive(incoming))
}

/// Each handler's outcome in one attempt of the same delivery.
fn attempt(dispatcher: &Dispatcher) -> Vec<(&'static str, String)> {
    let delivery = dispatcher.verify(automation(TAG_ADDED)).unwrap();
    outcomes(&finish(dispatcher.dispatch(&delivery)))
}

fn message(id: &str) -> Incoming {
    account("SALE_NEW", fixture("account/SALE_NEW")).header("X-Webhook-Message-Id", id)
}

fn tag(id: u32) -> Incoming {
    automation(envelope("contact.tag.added", &format!("{{\"id\":{id}}}")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_simultaneous_copies_one_is_handled() {
    const COPIES: usize = 64;
    let (dispatcher, script) = built(&["succeeds", "yields"]);
    for round in 1..=8 {
        let barrier = Arc::new(Barrier::new(COPIES));
        let copies: Vec<_> = (0..COPIES)
            .map(|_| {
                let (dispatcher, barrier) = (dispatcher.clone(), Arc::clone(&barrier));
                tokio::spawn(async move {
                    barrier.wait().await;
                    dispatcher.receive(message(&format!("m-{round}"))).await
                })
            })
            .collect();
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for copy in copies {
            let reply = copy.await.unwrap();
            assert!([200, 409].contains(&reply.status()));
            *counts.entry(reply.outcome()).or_default() += 1;
        }
        assert_eq!(counts.remove("done"), Some(1));
        let others = ["in_progress", "done_before"].map(|it| counts.remove(it).unwrap_or_default());
        assert_eq!(others.iter().sum::<usize>(), COPIES - 1);
        assert_eq!(
            (script.runs("succeeds"), script.runs("yields")),
            (round, round)
        );
    }
}

/// Whatever fails once runs twice, and what is done runs once, though copies
/// come all the time.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn simultaneous_copies_take_up_what_failed() {
    let (dispatcher, script) = built(&["succeeds", "yields", "fails_once", "panics_once"]);
    let copies: Vec<_> = (0..64)
        .map(|_| {
            let dispatcher = dispatcher.clone();
            tokio::spawn(async move { dispatcher.receive(message("m-1")).await.status() })
        })
        .collect();
    for copy in copies {
        assert!([200, 409, 500].contains(&copy.await.unwrap()));
    }
    dispatcher.receive(message("m-1")).await;
    let last = dispatcher.receive(message("m-1")).await;
    assert_eq!(last.outcome(), "done_before");
    let runs = ["succeeds", "yields", "fails_once", "panics_once"].map(|it| script.runs(it));
    assert_eq!(runs, [1, 1, 2, 2]);
}

#[test]
fn a_delivery_that_is_being_handled_is_refused() {
    let (dispatcher, script) = built(&["succeeds", "waits"]);
    let mut first = pin!(dispatcher.receive(message("m-1")));
    assert!(poll(first.as_mut()).is_none());
    for _ in 0..3 {
        assert_eq!(receive(&dispatcher, message("m-1")).status(), 409);
    }
    script.gate.notify_one();
    assert_eq!(finish(first).outcome(), "done");
    assert_eq!(
        receive(&dispatcher, message("m-1")).outcome(),
        "done_before"
    );
    assert_eq!((script.runs("succeeds"), script.runs("waits")), (1, 1));
}

#[test]
fn after_a_failure_only_what_failed_runs_again() {
    let (dispatcher, script) = built(&[
        "asks_for_time_once",
        "fails_once",
        "panics_once",
        "succeeds",
    ]);
    assert_eq!(
        attempt(&dispatcher),
        expected([
            ("asks_for_time_once", "failed: not yet"),
            ("fails_once", "failed: not yet"),
            ("panics_once", PANIC),
            ("succeeds", "done"),
        ])
    );
    assert_eq!(
        attempt(&dispatcher),
        expected([
            ("asks_for_time_once", "done"),
            ("fails_once", "done"),
            ("panics_once", "done"),
            ("succeeds", "done before"),
        ])
    );
    let all_done_before = attempt(&dispatcher);
    assert!(
        all_done_before
            .iter()
            .all(|(_, outcome)| outcome == "done before")
    );
    assert_eq!((script.runs("fails_once"), script.runs("succeeds")), (2, 1));
}

const PANIC: &str = "panicked: assertion `left != right` failed: not yet\n  left: 0\n right: 0";

#[test]
fn a_failure_for_good_is_not_repeated() {
    let (dispatcher, script) = built(&["fails_for_good", "fails_once"]);
    let statuses = [(); 3].map(|()| receive(&dispatcher, automation(TAG_ADDED)));
    let outcomes = statuses.map(|reply| (reply.status(), reply.outcome()));
    assert_eq!(
        outcomes,
        [(500, "failed"), (200, "done"), (200, "done_before")]
    );
    assert_eq!(
        (script.runs("fails_for_good"), script.runs("fails_once")),
        (1, 2)
    );
}

#[test]
fn a_mismatch_is_tried_again() {
    #[on_event("*")]
    fn misfits(_: siohook::Data<u64>) {}

    let (dispatcher, _) = built(&["misfits"]);
    let again = [(); 2].map(|()| receive(&dispatcher, automation(TAG_ADDED)).status());
    assert_eq!(again, [422, 422]);
}

/// The sender hangs up, and the web framework drops the request.
#[test]
fn a_delivery_that_is_dropped_midway_is_released_and_what_was_done_is_kept() {
    let (dispatcher, script) = built(&["succeeds", "waits"]);
    for hang_ups in 1..=3 {
        let mut request = Box::pin(dispatcher.receive(message("m-1")));
        assert!(poll(request.as_mut()).is_none());
        drop(request);
        let runs = ["succeeds", "begins to wait", "waits"].map(|it| script.runs(it));
        assert_eq!(runs, [1, hang_ups, 0]);
    }
    script.gate.notify_one();
    assert_eq!(receive(&dispatcher, message("m-1")).outcome(), "done");
    assert_eq!((script.runs("succeeds"), script.runs("waits")), (1, 1));
}

#[test]
fn a_delivery_that_was_never_polled_holds_nothing() {
    let (dispatcher, script) = built(&["succeeds"]);
    drop(dispatcher.receive(message("m-1")));
    let delivery = dispatcher.verify(message("m-1")).unwrap();
    let unpolled = dispatcher.dispatch(&delivery);
    assert_eq!(receive(&dispatcher, message("m-1")).outcome(), "done");
    drop(unpolled);
    assert_eq!(script.runs("succeeds"), 1);
}

#[test]
fn identical_bodies_with_different_message_ids_are_different_events() {
    let (dispatcher, script) = built(&["succeeds"]);
    let outcomes =
        ["m-1", "m-2", "m-1", "m-2"].map(|id| receive(&dispatcher, message(id)).outcome());
    assert_eq!(outcomes, ["done", "done", "done_before", "done_before"]);
    assert_eq!(script.runs("succeeds"), 2);
}

#[test]
fn identical_bodies_with_different_message_ids_are_handled_at_once() {
    let (dispatcher, script) = built(&["waits"]);
    let mut one = pin!(dispatcher.receive(message("m-1")));
    let mut other = pin!(dispatcher.receive(message("m-2")));
    assert!(poll(one.as_mut()).is_none() && poll(other.as_mut()).is_none());
    script.gate.notify_one();
    script.gate.notify_one();
    assert_eq!(
        [finish(one).outcome(), finish(other).outcome()],
        ["done", "done"]
    );
}

#[test]
fn one_message_id_with_different_bodies_is_different_events() {
    let (dispatcher, _) = built(&["succeeds"]);
    let receive = |event: &str, body: &[u8]| {
        let incoming = account(event, body).header("X-Webhook-Message-Id", "m-1");
        receive(&dispatcher, incoming).outcome()
    };
    assert_eq!(
        receive("CONTACT_CREATED", &fixture("account/CONTACT_CREATED")),
        "done"
    );
    assert_eq!(receive("SALE_NEW", &fixture("account/SALE_NEW")), "done");
}

/// What is new on each attempt does not count, nor how the signature is spelled.
#[test]
fn another_attempt_is_the_same_delivery() {
    let (dispatcher, script) = built(&["succeeds"]);
    let body = fixture("account/SALE_NEW");
    let attempt = |attempt: &str, signature: String| {
        Incoming::post(body.clone())
            .header("X-Webhook-Event", "SALE_NEW")
            .header("X-Webhook-Message-Id", "m-1")
            .header("X-Webhook-Delivery-Attempt-Id", attempt)
            .header("X-Webhook-Delivery-Attempt-Timestamp", attempt)
            .header("X-Webhook-Signature", signature)
            .peer([203, 0, 113, attempt.len().try_into().unwrap()].into())
    };
    let lower = sign(SECRET, &body);
    assert_eq!(
        receive(&dispatcher, attempt("1", lower.clone())).outcome(),
        "done"
    );
    let again = attempt("22", lower.to_uppercase());
    assert_eq!(receive(&dispatcher, again).outcome(), "done_before");
    assert_eq!(script.runs("succeeds"), 1);
}

#[test]
fn identical_bodies_of_automations_are_the_same_delivery() {
    let (dispatcher, script) = built(&["succeeds"]);
    let outcomes = [tag(1), tag(1), tag(2)].map(|it| receive(&dispatcher, it).outcome());
    assert_eq!(outcomes, ["done", "done_before", "done"]);
    // Automations have no message id, whatever the headers say.
    let with_id = tag(1).header("X-Webhook-Message-Id", "m-1");
    assert_eq!(receive(&dispatcher, with_id).outcome(), "done_before");
    assert_eq!(script.runs("succeeds"), 2);
}

#[test]
fn a_body_is_another_delivery_by_the_other_mechanism() {
    let (dispatcher, script) = built(&["succeeds"]);
    let body = envelope("contact.community.joined", "{}");
    assert_eq!(receive(&dispatcher, automation(&body)).outcome(), "done");
    assert_eq!(
        receive(&dispatcher, account("COMMUNITY_JOINED", &body)).outcome(),
        "done"
    );
    assert_eq!(script.runs("succeeds"), 2);
}

#[test]
fn keys_are_equal_as_deliveries_are_the_same() {
    let (dispatcher, _) = built(&["succeeds"]);
    let key = |incoming| dispatcher.verify(incoming).unwrap().key().clone();
    assert_eq!(key(tag(1)), key(tag(1)));
    assert_eq!(key(message("m-1")), key(message("m-1")));
    assert_ne!(key(tag(1)), key(tag(2)));
    assert_ne!(key(message("m-1")), key(message("m-2")));
    let no_id = account("SALE_NEW", fixture("account/SALE_NEW"));
    assert_ne!(key(message("m-1")), key(no_id));
    assert_eq!(key(tag(1)).to_string(), key(tag(1)).to_string());
    assert!(key(message("m-1")).to_string().starts_with("account:m-1:"));
}

#[test]
fn the_memory_is_bounded() {
    let (builder, script) = with(&["succeeds"]);
    let dispatcher = builder.redelivery_memory(1).build().unwrap();
    let outcomes = [1, 1, 2, 2, 1].map(|id| receive(&dispatcher, tag(id)).outcome());
    assert_eq!(
        outcomes,
        ["done", "done_before", "done", "done_before", "done"]
    );
    assert_eq!(script.runs("succeeds"), 3);
}

/// A redelivery makes it the newest again.
#[test]
fn what_was_not_seen_for_the_longest_time_is_forgotten_first() {
    let (builder, _) = with(&["succeeds"]);
    let dispatcher = builder.redelivery_memory(2).build().unwrap();
    let outcomes = [1, 2, 1, 3, 1, 2].map(|id| receive(&dispatcher, tag(id)).outcome());
    let expected = ["done", "done", "done_before", "done", "done_before", "done"];
    assert_eq!(outcomes, expected);
}

#[test]
fn what_is_in_progress_is_not_forgotten() {
    let (builder, script) = with(&["waits"]);
    let dispatcher = builder.redelivery_memory(1).build().unwrap();
    let mut requests: Vec<_> = (0..3)
        .map(|id| Box::pin(dispatcher.receive(tag(id))))
        .collect();
    assert!(
        requests
            .iter_mut()
            .all(|request| poll(request.as_mut()).is_none())
    );
    for id in 0..3 {
        assert_eq!(receive(&dispatcher, tag(id)).status(), 409);
    }
    for request in requests {
        script.gate.notify_one();
        assert_eq!(finish(request).outcome(), "done");
    }
    assert_eq!(script.runs("waits"), 3);
}

#[test]
fn without_memory_only_simultaneous_copies_are_refused() {
    let (builder, script) = with(&["waits"]);
    let dispatcher = builder.redelivery_memory(0).build().unwrap();
    for runs in 1..=2 {
        let mut request = pin!(dispatcher.receive(tag(1)));
        assert!(poll(request.as_mut()).is_none());
        assert_eq!(receive(&dispatcher, tag(1)).status(), 409);
        script.gate.notify_one();
        assert_eq!(finish(request).outcome(), "done");
        assert_eq!(script.runs("waits"), runs);
    }
}

#[test]
fn ten_thousand_are_remembered_unless_said_otherwise() {
    let (dispatcher, script) = built(&["succeeds"]);
    for id in 0..10_000 {
        receive(&dispatcher, tag(id));
    }
    assert_eq!(receive(&dispatcher, tag(0)).outcome(), "done_before");
    receive(&dispatcher, tag(10_000));
    assert_eq!(receive(&dispatcher, tag(2)).outcome(), "done_before");
    assert_eq!(receive(&dispatcher, tag(1)).outcome(), "done");
    assert_eq!(script.runs("succeeds"), 10_002);
}

/// A memory of many handlers of one delivery.
mod many {
    use super::*;

    macro_rules! handlers {
        ($($name:ident)*) => {$(
            #[on_event("SALE_CANCELED")]
            fn $name(State(script): State<Script>) -> Result<(), &'static str> {
                match script.run(stringify!($name)) {
                    0 if stringify!($name).ends_with('5') => Err("not yet"),
                    _ => Ok(()),
                }
            }
        )*};
    }

    handlers! {
        h00 h01 h02 h03 h04 h05 h06 h07 h08 h09 h10 h11 h12 h13 h14 h15 h16 h17 h18 h19
        h20 h21 h22 h23 h24 h25 h26 h27 h28 h29 h30 h31 h32 h33 h34 h35 h36 h37 h38 h39
        h40 h41 h42 h43 h44 h45 h46 h47 h48 h49 h50 h51 h52 h53 h54 h55 h56 h57 h58 h59
        h60 h61 h62 h63 h64 h65 h66 h67 h68 h69 h70 h71 h72 h73 h74 h75 h76 h77 h78 h79
    }

    #[test]
    fn more_than_64_handlers_are_told_apart() {
        let script = Script::default();
        let dispatcher = builder()
            .select(|handler| handler.event() == "SALE_CANCELED")
            .state(script.clone())
            .build()
            .unwrap();
        let canceled = || account("SALE_CANCELED", fixture("account/SALE_CANCELED"));
        let outcomes = [(); 3].map(|()| receive(&dispatcher, canceled()).outcome());
        assert_eq!(outcomes, ["failed", "done", "done_before"]);
        let runs = script.runs.lock().unwrap();
        assert_eq!(runs.len(), 80);
        for (name, runs) in &*runs {
            assert_eq!(*runs, if name.ends_with('5') { 2 } else { 1 }, "{name}");
        }
    }
}
