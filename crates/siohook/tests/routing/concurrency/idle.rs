//! `idle` waits for the deliveries in progress.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake};

use super::detached::Executor;
use super::*;

#[test]
fn idle_resolves_when_no_delivery_is_in_progress() {
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
fn a_dropped_request_is_not_in_progress() {
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

/// A waker whose runtime panics.
struct Panics;

impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        panic!("no runtime");
    }
}

fn waits_with(future: Pin<&mut impl Future>, waker: Arc<impl Wake + Send + Sync + 'static>) {
    let waker = waker.into();
    assert!(future.poll(&mut Context::from_waker(&waker)).is_pending());
}

#[test]
fn a_waker_that_panics_does_not_affect_deliveries_or_other_wakers() {
    for is_detached in [false, true] {
        let executor = Executor::default();
        let (builder, world) = with(&["waits"]);
        let builder = if is_detached {
            executor.builder(builder)
        } else {
            builder
        };
        let dispatcher = builder.build().unwrap();
        let mut request = pin!(dispatcher.receive(tag()));
        assert!(poll(request.as_mut()).is_none());
        let (mut one, mut other) = (pin!(dispatcher.idle()), pin!(dispatcher.idle()));
        let counts = Arc::new(Wakes(AtomicUsize::new(0)));
        waits_with(one.as_mut(), Arc::new(Panics));
        waits_with(other.as_mut(), Arc::clone(&counts));
        world.gate.notify_one();
        executor.take().into_iter().for_each(finish);
        assert_eq!(finish(request).status(), 200);
        assert_eq!(counts.0.load(Ordering::SeqCst), 1);
        assert!(poll(one.as_mut()).is_some() && poll(other.as_mut()).is_some());
    }
}

#[test]
fn a_request_whose_waker_panics_gets_its_reply() {
    let executor = Executor::default();
    let (builder, _) = with(&["left", "right"]);
    let dispatcher = executor.builder(builder).build().unwrap();
    for status in [200, 503] {
        let mut request = pin!(dispatcher.receive(tag()));
        waits_with(request.as_mut(), Arc::new(Panics));
        let [work] = executor.take().try_into().ok().unwrap();
        if status == 200 {
            finish(work);
        } else {
            drop(work);
        }
        assert_eq!(finish(request).status(), status);
    }
    finish(dispatcher.idle());
}

/// A shutdown may stop waiting at a deadline.
#[test]
fn a_dropped_idle_leaves_no_waker() {
    let (dispatcher, world) = built(&["waits"]);
    let mut request = pin!(dispatcher.receive(tag()));
    assert!(poll(request.as_mut()).is_none());
    let counts = [(); 1000].map(|()| Arc::new(Wakes(AtomicUsize::new(0))));
    let kept = |counts: &Arc<Wakes>| Arc::strong_count(counts) - 1;
    // It is polled with one waker after the other and keeps the last.
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
fn every_idle_is_woken() {
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
