//! The hooks for reports and refusals.

use super::*;

#[test]
fn a_panic_in_a_hook_is_ignored() {
    let (builder, _) = with(&["left", "right"]);
    let dispatcher = builder
        .on_report(|_| panic!("report"))
        .on_reject(|_| panic!("reject"))
        .build()
        .unwrap();
    assert_eq!(finish(dispatcher.receive(tag())).outcome().as_str(), "done");
    assert_eq!(
        finish(dispatcher.receive(tag())).outcome().as_str(),
        "done_before"
    );
    let refused = finish(dispatcher.receive(Incoming::post(TAG_ADDED)));
    assert_eq!(refused.status(), 401);
    assert!(dispatcher.verify(Incoming::post(TAG_ADDED)).is_err());
    finish(dispatcher.idle());
}

#[test]
fn a_panic_in_a_hook_whose_payload_panics_is_ignored() {
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
fn an_unhandled_delivery_is_reported() {
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

#[test]
fn the_hook_gets_the_report_that_dispatch_returns() {
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
