//! How many deliveries are in progress, for a shutdown that loses nothing.

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

#[derive(Clone, Default)]
pub(crate) struct InProgress(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    deliveries: usize,
    waiting: Vec<Waker>,
}

/// One delivery in progress, until it is dropped.
pub(crate) struct Token(InProgress);

impl InProgress {
    pub(crate) fn begin(&self) -> Token {
        crate::lock(&self.0).deliveries += 1;
        Token(self.clone())
    }

    /// Resolves when there is none.
    pub(crate) async fn idle(&self) {
        poll_fn(|cx| {
            let mut state = crate::lock(&self.0);
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

impl Drop for Token {
    fn drop(&mut self) {
        let waiting = {
            let mut state = crate::lock(&self.0.0);
            state.deliveries -= 1;
            if state.deliveries > 0 {
                return;
            }
            std::mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }
}
