//! Counts the deliveries in progress, for a shutdown that loses none.

use std::future::poll_fn;
use std::sync::Mutex;
use std::task::{Poll, Waker};

use crate::sync::lock;

#[derive(Default)]
pub(crate) struct InFlight(Mutex<State>);

#[derive(Default)]
struct State {
    deliveries: usize,
    waiting: Vec<Waker>,
}

impl InFlight {
    /// Counts a delivery until [`end`](Self::end).
    pub(crate) fn begin(&self) {
        lock(&self.0).deliveries += 1;
    }

    pub(crate) fn end(&self) {
        let waiting = {
            let mut state = lock(&self.0);
            state.deliveries -= 1;
            if state.deliveries > 0 {
                return;
            }
            std::mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Resolves when no delivery is in progress.
    pub(crate) async fn idle(&self) {
        poll_fn(|cx| {
            let mut state = lock(&self.0);
            if state.deliveries == 0 {
                return Poll::Ready(());
            }
            if !state
                .waiting
                .iter()
                .any(|waker| waker.will_wake(cx.waker()))
            {
                state.waiting.push(cx.waker().clone());
            }
            Poll::Pending
        })
        .await;
    }
}
