//! The reports of handlers that `run` runs.

use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use siohook::{
    Data, Delivery, Dispatcher, DispatcherBuilder, HandlerError, Mismatched, Outcome, ReplyOutcome,
    Report, on_event,
};

use crate::concurrency::Bomb;
use crate::support::{
    self, TAG_ADDED, automation, envelope, finish, function, only, outcomes, poll, within,
};

#[on_event("*")]
fn succeeds() {}

#[on_event("contact.tag.added")]
fn fails() -> Result<(), &'static str> {
    Err("no")
}

#[on_event("*")]
fn fails_for_good() -> Result<(), HandlerError> {
    Err(HandlerError::permanent("no"))
}

#[on_event("contact.*")]
fn asks_for_a_minute() -> Result<(), HandlerError> {
    Err(HandlerError::retry_after(Duration::from_secs(60), "no"))
}

#[on_event("*")]
fn panics() {
    panic!("words");
}

#[on_event("contact.tag.added")]
fn misfits(_: Data<u64>) {}

#[on_event("*")]
fn misfits_anywhere(_: Data<u64>) {}

#[on_event("contact.*")]
fn misfits_of_contacts(_: Data<u64>) {}

#[on_event(unlisted("contact.community.joined"))]
fn misfits_unlisted(_: Data<u64>) {}

#[on_event("contact.tag.added")]
async fn waits() {
    pending::<()>().await;
}

#[on_event("contact.tag.added")]
async fn waits_with_a_bomb() {
    let _bomb = Bomb::new();
    pending::<()>().await;
}

fn builder() -> DispatcherBuilder {
    support::builder().select(within(module_path!()))
}

/// Selects the handlers that end.
fn ending() -> DispatcherBuilder {
    builder().select(|it| !function(it.name()).starts_with("waits"))
}

/// What happened, in its order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn add(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }

    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// All that a report says, but for the time that its handlers took.
fn said(report: &Report) -> String {
    let (delivery, reply) = (report.delivery(), report.reply());
    let headers: Vec<_> = reply.headers().collect();
    let body = str::from_utf8(reply.body()).unwrap();
    let (key, status, outcomes) = (delivery.key(), reply.status(), outcomes(report));
    format!("{key} {status} {headers:?} {body} {outcomes:?}")
}

fn run_all(dispatcher: &Dispatcher, delivery: &Delivery) -> impl Future<Output = ()> {
    let listeners = dispatcher.listeners(delivery);
    let ids: Vec<_> = listeners.iter().map(|it| (it.id(), ())).collect();
    async move { dispatcher.run(delivery, ids, |_| ()).await.unwrap() }
}

/// The deliveries of an event of the catalogue and of one that it does not have.
fn deliveries() -> [Delivery; 2] {
    let unlisted = envelope("contact.community.joined", "{}");
    let dispatcher = builder().build().unwrap();
    [TAG_ADDED, &unlisted].map(|body| dispatcher.verify(automation(body)).unwrap())
}

#[test]
fn each_handler_is_reported_as_if_it_were_the_only_one() {
    let log = Log::default();
    let of = |mismatched| {
        let log = log.clone();
        let builder = ending().on_mismatch(mismatched);
        builder.on_report(move |report| log.add(said(report)))
    };
    for mismatched in [Mismatched::Reject, Mismatched::Accept] {
        let all = of(mismatched).build().unwrap();
        for (delivery, handlers) in deliveries().iter().zip([8, 7]) {
            let listeners = all.listeners(delivery);
            assert_eq!(listeners.len(), handlers);
            for listener in &*listeners {
                let id = listener.id();
                let alone = of(mismatched).select(move |it| it.id() == id);
                finish(alone.build().unwrap().dispatch(delivery));
            }
            let expected = log.taken();
            assert_eq!(expected.len(), handlers);
            finish(run_all(&all, delivery));
            assert_eq!(log.taken(), expected);
        }
    }
}

#[test]
fn a_handler_is_reported_after_the_closure_whatever_panics() {
    let log = Log::default();
    let hook = log.clone();
    let dispatcher = builder()
        .select(only(&["fails", "succeeds"]))
        .on_report(move |report| {
            hook.add(format!("report: {:?}", outcomes(report)));
            std::panic::panic_any(Bomb::new());
        })
        .build()
        .unwrap();
    let [delivery, _] = deliveries();
    let listeners = dispatcher.listeners(&delivery);
    let ids = listeners.iter().map(|it| (it.id(), ()));
    let run = dispatcher.run(&delivery, ids, |handler| {
        log.add(format!("ended: {}", handler.outcome()));
        panic!("closure");
    });
    finish(run).unwrap();
    let lines = [
        "ended: done",
        r#"report: [("succeeds", "done")]"#,
        "ended: failed: no",
        r#"report: [("fails", "failed: no")]"#,
    ];
    assert_eq!(log.taken(), lines);
    finish(dispatcher.idle());
}

#[test]
fn a_dropped_handler_is_reported_as_cancelled() {
    let log = Log::default();
    let hook = log.clone();
    let dispatcher = builder()
        .select(only(&["succeeds", "waits", "waits_with_a_bomb"]))
        .on_report(move |report| {
            let reply = report.reply();
            let [handler] = report.handlers() else {
                return;
            };
            let cancelled = matches!(handler.outcome(), Outcome::Cancelled);
            let (name, status, outcome) =
                (function(handler.name()), reply.status(), reply.outcome());
            hook.add(format!("{name} {status} {outcome} {cancelled}"));
        })
        .build()
        .unwrap();
    let [delivery, _] = deliveries();
    let mut run = Box::pin(run_all(&dispatcher, &delivery));
    assert!(poll(run.as_mut()).is_none());
    assert_eq!(log.taken(), ["succeeds 200 done false"]);
    drop(run);
    let lines = [
        "waits 503 cancelled true",
        // It panicked while it was dropped.
        "waits_with_a_bomb 500 failed false",
    ];
    assert_eq!(log.taken(), lines);
}

/// A mismatch is harmless if the reply to it alone is `done`.
#[test]
fn a_mismatch_of_a_pattern_is_harmless_if_the_event_is_not_listed() {
    for mismatched in [Mismatched::Reject, Mismatched::Accept] {
        let mut harmless = vec![];
        for delivery in &deliveries() {
            for listener in &*ending().build().unwrap().listeners(delivery) {
                let id = listener.id();
                let alone = ending().select(move |it| it.id() == id);
                let dispatcher = alone.on_mismatch(mismatched).build().unwrap();
                let report = finish(dispatcher.dispatch(delivery));
                let handler = &report.handlers()[0];
                let is_done = report.reply().outcome() == ReplyOutcome::Done
                    && matches!(handler.outcome(), Outcome::Mismatch(_));
                assert_eq!(handler.is_harmless_mismatch(delivery), is_done, "{report}");
                harmless.extend(is_done.then(|| (delivery.event().to_string(), function(id))));
            }
        }
        let names = ["misfits_anywhere", "misfits_of_contacts"];
        let unlisted = "contact.community.joined";
        assert_eq!(harmless, names.map(|name| (unlisted.to_owned(), name)));
    }
}
