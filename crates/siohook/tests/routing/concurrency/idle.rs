//! Waiting for the deliveries in progress.

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

/// As under a time limit that is over before the deliveries are.
#[test]
fn one_that_is_dropped_leaves_no_waker() {
    let (dispatcher, world) = built(&["waits"]);
    let mut request = pin!(dispatcher.receive(tag()));
    assert!(poll(request.as_mut()).is_none());
    let counts = [(); 1000].map(|()| Arc::new(Wakes(AtomicUsize::new(0))));
    let kept = |counts: &Arc<Wakes>| Arc::strong_count(counts) - 1;
    // Polled with one waker after the other, it keeps the last.
    let mut moved = Box::pin(dispatcher.idle());
    let mut dropped = vec![];
    for counts in &counts {
        let waker = Arc::clone(counts).into();
        let cx = &mut Context::from_waker(&waker);
        assert!(moved.as_mut().poll(cx).is_pending());
        let mut idle = Box::pin(dispatcher.idle());
        assert!(idle.as_mut().poll(cx).is_pending());
        dropped.push(idle);
    }
    assert_eq!(counts.iter().map(kept).sum::<usize>(), 1001);
    drop(dropped);
    assert_eq!(counts.iter().map(kept).sum::<usize>(), 1);
    drop(moved);
    assert_eq!(counts.iter().map(kept).sum::<usize>(), 0);
    world.gate.notify_one();
    finish(request);
    finish(dispatcher.idle());
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
