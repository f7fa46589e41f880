//! Requests that are dropped before their handlers end, as when the sender hangs up.

use std::pin::Pin;

use siohook::{Outcome, ReplyOutcome};

use super::detached::Executor;
use super::*;

#[test]
fn a_dropped_request_is_reported_as_cancelled() {
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

    // The key is released, and only the cancelled handler runs again.
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
fn a_cancelled_delivery_is_reported_before_idle_resolves() {
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

#[on_event("*")]
async fn walks(State(world): State<World>) {
    let bomb = Bomb::new();
    for _ in 0..3 {
        tokio::task::yield_now().await;
    }
    bomb.disarm();
    world.end("walks");
}

const WALKERS: &[&str] = &["left", "right", "walks"];

/// Polls up to this often.
fn advance(mut future: Pin<&mut (impl Future + ?Sized)>, polls: usize) {
    let _ = (0..polls).find(|_| poll(future.as_mut()).is_some());
}

/// Each handler ended once in two attempts.
#[track_caller]
fn check_walkers(world: &World, reports: &Reports) {
    let mut ended = world.ended();
    ended.sort_unstable();
    assert_eq!(ended, WALKERS);
    assert_eq!(reports.taken().len(), 2);
}

#[test]
fn a_request_can_be_dropped_at_any_await() {
    for polls in 1..7 {
        let (builder, world) = with(WALKERS);
        let reports = Reports::default();
        let dispatcher = builder.on_report(reports.hook()).build().unwrap();
        let mut request = Box::pin(dispatcher.receive(tag()));
        advance(request.as_mut(), polls);
        drop(request);
        finish(dispatcher.idle());
        assert_eq!(finish(dispatcher.receive(tag())).status(), 200);
        check_walkers(&world, &reports);
    }
}

#[test]
fn detached_work_can_be_dropped_at_any_await() {
    for (polls, request_goes_first) in (0..7).flat_map(|polls| [(polls, false), (polls, true)]) {
        let executor = Executor::default();
        let (builder, world) = with(WALKERS);
        let reports = Reports::default();
        let builder = executor.builder(builder).on_report(reports.hook());
        let dispatcher = builder.build().unwrap();
        let mut request = Some(Box::pin(dispatcher.receive(tag())));
        assert!(request.as_mut().and_then(|it| poll(it.as_mut())).is_none());
        let mut work = executor.take().pop().unwrap();
        if request_goes_first {
            request = None;
        }
        advance(work.as_mut(), polls);
        drop(work);
        drop(request);
        finish(dispatcher.idle());

        let mut again = pin!(dispatcher.receive(tag()));
        assert!(poll(again.as_mut()).is_none());
        executor.take().into_iter().for_each(finish);
        assert_eq!(finish(again).status(), 200);
        check_walkers(&world, &reports);
    }
}
