//! Dispatchers that store deliveries.

use std::panic::panic_any;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use siohook::{
    Delivery, Dispatcher, DispatcherBuilder, HandlerInfo, Head, Keep, KeepFuture, Kept, Reply,
    ReplyOutcome, Unhandled, account as payloads, on_event,
};
use tokio::sync::Notify;

use crate::concurrency::Bomb;
use crate::support::{self, TAG_ADDED, TOKEN, account, automation, finish, outcomes, poll, within};

#[on_event("contact.*", id = "tags")]
fn of_tags() {}

#[on_event("contact.tag.added", "SALE_NEW", id = "both")]
async fn of_both() {
    tokio::task::yield_now().await;
}

#[on_event("SALE_CANCELED", id = "typed")]
fn typed(_: payloads::SaleCanceled) {}

/// What a keeper does.
#[derive(Clone, Copy)]
enum Answer {
    Gives(Kept),
    PanicsAtOnce,
    PanicsLater,
    PanicsWithABomb,
    HoldsABomb,
}

use Answer::{Gives, HoldsABomb, PanicsAtOnce, PanicsLater, PanicsWithABomb};

/// Notes the event and the ids of the listeners.
#[derive(Clone)]
struct Notes(Arc<Mutex<Vec<String>>>);

impl Notes {
    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

struct Keeper {
    answer: Answer,
    gate: Arc<Notify>,
    notes: Notes,
}

impl Keep for Keeper {
    fn keep<'a>(&'a self, delivery: &'a Delivery, listeners: &'a [HandlerInfo]) -> KeepFuture<'a> {
        let ids: Vec<_> = listeners.iter().map(HandlerInfo::id).collect();
        let note = format!("{} {}", delivery.event(), ids.join(" "));
        self.notes.0.lock().unwrap().push(note);
        if let PanicsAtOnce = self.answer {
            panic!("no disk");
        }
        Box::pin(async {
            let bomb = matches!(self.answer, HoldsABomb).then(Bomb::new);
            self.gate.notified().await;
            bomb.into_iter().for_each(Bomb::disarm);
            match self.answer {
                Gives(kept) => kept,
                PanicsWithABomb => panic_any(Bomb::new()),
                _ => panic!("disk {}", 7),
            }
        })
    }
}

struct Kit {
    dispatcher: Dispatcher,
    receiver: Dispatcher,
    notes: Notes,
    gate: Arc<Notify>,
    reports: Arc<Mutex<Vec<String>>>,
}

fn builder() -> DispatcherBuilder {
    support::builder().select(within(module_path!()))
}

fn kit(builder: DispatcherBuilder, answer: Answer) -> Kit {
    let reports = Arc::new(Mutex::new(vec![]));
    let seen = Arc::clone(&reports);
    let report = move |report: &siohook::Report| seen.lock().unwrap().push(report.to_string());
    let dispatcher = builder.on_report(report).build().unwrap();
    let notes = Notes(Arc::default());
    let gate = Arc::new(Notify::new());
    gate.notify_one();
    let receiver = dispatcher.keep_with(Keeper {
        answer,
        gate: Arc::clone(&gate),
        notes: notes.clone(),
    });
    Kit {
        dispatcher,
        receiver,
        notes,
        gate,
        reports,
    }
}

fn words(reply: &Reply) -> (u16, &'static str, Option<&str>) {
    (
        reply.status(),
        reply.outcome().as_str(),
        reply.header("retry-after"),
    )
}

#[test]
fn each_answer_has_its_reply() {
    for (kept, expected) in [
        (Kept::Fresh, (200, "accepted", None)),
        (Kept::Before, (200, "accepted_before", None)),
        (
            Kept::Refused(Duration::from_millis(1500)),
            (503, "not_stored", Some("2")),
        ),
    ] {
        let kit = kit(builder(), Gives(kept));
        let reply = finish(kit.receiver.receive(automation(TAG_ADDED)));
        assert_eq!(words(&reply), expected);
        let body = format!(r#"{{"outcome":"{}"}}"#, expected.1);
        assert_eq!(reply.body(), body.as_bytes());
        assert_eq!(kit.notes.taken(), ["contact.tag.added tags both"]);
        let [report] = &kit.reports.lock().unwrap()[..] else {
            panic!("one report");
        };
        assert!(
            report.ends_with(&format!(": {} {}", expected.0, expected.1)),
            "{report}"
        );
    }
}

#[test]
fn every_way_in_keeps() {
    let kit = kit(builder(), Gives(Kept::Fresh));
    let Kit {
        receiver,
        gate,
        notes,
        ..
    } = &kit;
    let head = || Head::new("POST").query(format!("token={TOKEN}"));
    let mut chunks = [Ok::<_, ()>(TAG_ADDED)].into_iter();
    let clone = receiver.clone();
    let delivery = receiver.verify(automation(TAG_ADDED)).unwrap();
    let outcomes = [
        finish(clone.receive(automation(TAG_ADDED))).outcome(),
        {
            gate.notify_one();
            finish(receiver.receive_reader(head(), || TAG_ADDED.as_bytes())).outcome()
        },
        {
            gate.notify_one();
            finish(receiver.receive_chunks(head(), async || chunks.next())).outcome()
        },
        {
            gate.notify_one();
            let report = finish(receiver.dispatch(&delivery));
            assert!(report.handlers().is_empty());
            report.reply().outcome()
        },
    ];
    assert_eq!(outcomes, [ReplyOutcome::Accepted; 4]);
    assert_eq!(notes.taken().len(), 4);
}

#[test]
fn a_delivery_without_listeners_is_not_kept() {
    for (unhandled, status) in [(Unhandled::Accept, 200), (Unhandled::Reject, 404)] {
        let kit = kit(builder().on_unhandled(unhandled), Gives(Kept::Fresh));
        let body = r#"{"type":"customer.sale.completed","data":{}}"#;
        let reply = finish(kit.receiver.receive(automation(body)));
        assert_eq!(words(&reply), (status, "unhandled", None));
        assert!(kit.notes.taken().is_empty());
    }
}

#[test]
fn a_refused_request_is_not_kept() {
    let refused = Arc::new(Mutex::new(vec![]));
    let codes = Arc::clone(&refused);
    let builder = builder().on_reject(move |it| codes.lock().unwrap().push(it.code()));
    let kit = kit(builder, Gives(Kept::Fresh));
    let reply = finish(kit.receiver.receive(account("SALE_NEW", "no JSON")));
    assert_eq!(reply.status(), 400);
    assert!(kit.receiver.check_head(&Head::new("GET")).is_err());
    assert_eq!(*refused.lock().unwrap(), ["not_json", "method_not_allowed"]);
    assert!(kit.notes.taken().is_empty() && kit.reports.lock().unwrap().is_empty());
}

#[test]
fn a_body_that_does_not_match_is_kept() {
    let kit = kit(builder(), Gives(Kept::Fresh));
    let body = r#"{"customer":{"id":"?"},"order":{}}"#;
    let odd = || account("SALE_CANCELED", body);
    assert_eq!(finish(kit.dispatcher.receive(odd())).status(), 422);
    assert_eq!(
        finish(kit.receiver.receive(odd())).outcome(),
        ReplyOutcome::Accepted
    );
    assert_eq!(kit.notes.taken(), ["SALE_CANCELED typed"]);
}

#[test]
fn a_panic_of_the_keeper_is_caught_and_reported() {
    for (answer, message) in [
        (PanicsAtOnce, "no disk"),
        (PanicsLater, "disk 7"),
        (PanicsWithABomb, "no message"),
    ] {
        let kit = kit(builder(), answer);
        let delivery = kit.receiver.verify(automation(TAG_ADDED)).unwrap();
        let report = finish(kit.receiver.dispatch(&delivery));
        assert_eq!(words(report.reply()), (503, "not_stored", None));
        let outcome = format!("panicked: the keeper: {message}");
        let expected = support::expected([("of_tags", &*outcome), ("of_both", &outcome)]);
        assert_eq!(outcomes(&report), expected);
        assert_eq!(kit.reports.lock().unwrap().len(), 1);
        finish(kit.receiver.idle());
    }
}

#[test]
fn dropping_a_keeper_may_panic() {
    struct Explosive(#[expect(dead_code, reason = "it is dropped")] Bomb);

    impl Keep for Explosive {
        fn keep<'a>(&'a self, _: &'a Delivery, _: &'a [HandlerInfo]) -> KeepFuture<'a> {
            Box::pin(async { Kept::Fresh })
        }
    }

    let dispatcher = builder().build().unwrap();
    let receiver = dispatcher.keep_with(Explosive(Bomb::new()));
    assert_eq!(
        finish(receiver.receive(automation(TAG_ADDED))).status(),
        200
    );
    drop(receiver.keep_with(Explosive(Bomb::new())));
    drop(receiver);
    assert_eq!(
        finish(dispatcher.receive(automation(TAG_ADDED))).status(),
        200
    );
}

#[test]
fn a_dropped_request_drops_the_future_of_the_keeper() {
    let builder = builder().detach(|_| panic!("only handlers are detached"));
    let kit = kit(builder, HoldsABomb);
    finish(kit.gate.notified());
    let mut request = Box::pin(kit.receiver.receive(automation(TAG_ADDED)));
    assert!(poll(request.as_mut()).is_none());
    drop(request);
    let [report] = &kit.reports.lock().unwrap()[..] else {
        panic!("one report");
    };
    assert!(report.ends_with(": 503 cancelled"), "{report}");
    finish(kit.receiver.idle());
}

#[test]
fn idle_waits_for_the_keeper() {
    let kit = kit(builder(), Gives(Kept::Fresh));
    finish(kit.gate.notified());
    let mut request = pin!(kit.receiver.receive(automation(TAG_ADDED)));
    assert!(poll(request.as_mut()).is_none());
    let mut idle = pin!(kit.receiver.idle());
    assert!(poll(idle.as_mut()).is_none());
    kit.gate.notify_one();
    finish(request);
    assert!(poll(idle.as_mut()).is_some());
}

#[test]
fn the_memory_is_neither_asked_nor_told() {
    let kit = kit(builder(), Gives(Kept::Fresh));
    finish(kit.gate.notified());
    // Copies reach the keeper at the same time.
    let mut one = pin!(kit.receiver.receive(automation(TAG_ADDED)));
    let mut other = pin!(kit.receiver.receive(automation(TAG_ADDED)));
    assert!(poll(one.as_mut()).is_none() && poll(other.as_mut()).is_none());
    let handled = |outcome| {
        let reply = finish(kit.dispatcher.receive(automation(TAG_ADDED)));
        assert_eq!(reply.outcome(), outcome);
    };
    handled(ReplyOutcome::Done);
    kit.gate.notify_waiters();
    assert_eq!(finish(one).outcome(), ReplyOutcome::Accepted);
    assert_eq!(finish(other).outcome(), ReplyOutcome::Accepted);
    // What was done is kept again: the keeper decides.
    kit.gate.notify_one();
    let again = finish(kit.receiver.receive(automation(TAG_ADDED)));
    assert_eq!(again.outcome(), ReplyOutcome::Accepted);
    handled(ReplyOutcome::DoneBefore);
    assert_eq!(kit.notes.taken().len(), 3);
}

#[test]
fn kept_deliveries_can_be_run() {
    let kit = kit(builder(), Gives(Kept::Fresh));
    let delivery = kit.receiver.verify(automation(TAG_ADDED)).unwrap();
    finish(kit.receiver.dispatch(&delivery));
    let listeners = kit.receiver.listeners(&delivery);
    let runs = || listeners.iter().map(|it| (it.id(), ()));
    for dispatcher in [&kit.receiver, &kit.dispatcher] {
        let mut done = vec![];
        finish(dispatcher.run(&delivery, runs(), |it| done.push(it.id()))).unwrap();
        assert_eq!(done, ["tags", "both"]);
    }
    assert_eq!(kit.notes.taken().len(), 1);
}

#[test]
fn a_dispatcher_that_keeps_describes_itself_as_before() {
    let kit = kit(builder(), Gives(Kept::Fresh));
    assert_eq!(kit.receiver.describe(), kit.dispatcher.describe());
    assert_eq!(kit.receiver.to_string(), kit.dispatcher.to_string());
}

/// Keeps what no handler listens to, or panics when it is asked whether it does.
struct Archive {
    panics: bool,
    events: Arc<Mutex<Vec<String>>>,
}

impl Keep for Archive {
    fn keep<'a>(&'a self, delivery: &'a Delivery, listeners: &'a [HandlerInfo]) -> KeepFuture<'a> {
        let note = format!("{} {}", delivery.event(), listeners.len());
        self.events.lock().unwrap().push(note);
        Box::pin(async { Kept::Fresh })
    }

    fn keeps_unhandled(&self) -> bool {
        assert!(!self.panics, "no answer");
        true
    }
}

#[tokio::test]
async fn a_keeper_can_keep_what_no_handler_listens_to() {
    for (panics, outcome, kept) in [
        (false, ReplyOutcome::Accepted, &["ping 0"][..]),
        (true, ReplyOutcome::Unhandled, &[]),
    ] {
        let events = Arc::default();
        let archive = Archive {
            panics,
            events: Arc::clone(&events),
        };
        let receiver = builder().build().unwrap().keep_with(archive);
        let body = r#"{"type": "ping", "data": {}}"#;
        let reply = receiver.receive(automation(body)).await;
        assert_eq!(reply.outcome(), outcome);
        assert_eq!(*events.lock().unwrap(), kept);
    }
}
