//! Counts the deliveries in progress, for a shutdown that loses none.

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use crate::sync::lock;

#[derive(Clone, Default)]
pub(crate) struct InFlight(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    deliveries: usize,
    waiting: Vec<Waker>,
}

/// Counts one delivery until it is dropped.
pub(crate) struct InFlightGuard(InFlight);

impl InFlight {
    pub(crate) fn begin(&self) -> InFlightGuard {
        lock(&self.0).deliveries += 1;
        InFlightGuard(self.clone())
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

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        let waiting = {
            let mut state = lock(&self.0.0);
            state.deliveries -= 1;
            if state.deliveries > 0 {
                return;
            }
            std::mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }
}
