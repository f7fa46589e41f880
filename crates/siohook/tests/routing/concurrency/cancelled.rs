//! Requests that are dropped before their handlers end, as by a sender that hangs up.

use siohook::{Outcome, ReplyOutcome};

use super::*;

#[test]
fn a_dropped_request_is_reported_with_what_had_ended() {
    let (builder, world) = with(&["left", "right", "waits"]);
    let reports = Reports::default();
    let replies = Arc::new(Mutex::new(vec![]));
    let seen = Arc::clone(&replies);
    let hook = reports.hook();
    let builder = builder.on_report(move |report| {
        hook(report);
        let reply = report.reply();
        seen.lock().unwrap().push((reply.status(), reply.outcome()));
        for handler in report.handlers() {
            if matches!(handler.outcome(), Outcome::Cancelled) {
                assert!(!handler.elapsed().is_zero());
                assert!(handler.to_string().contains("`detach`"), "{handler}");
            }
        }
    });
    let dispatcher = builder.build().unwrap();
    let mut request = Box::pin(dispatcher.receive(tag()));
    assert!((0..9).all(|_| poll(request.as_mut()).is_none()));
    drop(request);
    let [report] = reports.taken().try_into().unwrap();
    let words: Vec<_> = report.iter().map(|(name, word)| (*name, &**word)).collect();
    assert_eq!(
        words,
        [("left", "done"), ("right", "done"), ("waits", "cancelled")]
    );
    assert_eq!(*replies.lock().unwrap(), [(503, ReplyOutcome::Cancelled)]);

    // The key is released, and only what was cancelled runs again.
    world.gate.notify_one();
    assert_eq!(
        finish(dispatcher.receive(tag())).outcome(),
        ReplyOutcome::Done
    );
    assert_eq!(world.ended(), ["right", "left", "waits"]);
}

#[test]
fn a_request_that_was_never_polled_is_not_a_delivery() {
    let (builder, _) = with(&["waits"]);
    let reports = Reports::default();
    let dispatcher = builder.on_report(reports.hook()).build().unwrap();
    drop(dispatcher.receive(tag()));
    assert!(reports.taken().is_empty());
    finish(dispatcher.idle());
}

#[test]
fn an_idle_dispatcher_has_told_of_what_was_cancelled() {
    let (builder, _) = with(&["waits"]);
    let reports = Reports::default();
    let dispatcher = builder.on_report(reports.hook()).build().unwrap();
    let mut request = Box::pin(dispatcher.receive(tag()));
    assert!(poll(request.as_mut()).is_none());
    let mut idle = pin!(dispatcher.idle());
    assert!(poll(idle.as_mut()).is_none());
    drop(request);
    assert!(poll(idle.as_mut()).is_some());
    assert_eq!(reports.taken().len(), 1);
}
