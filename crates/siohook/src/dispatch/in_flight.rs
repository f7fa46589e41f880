//! Counts the deliveries in progress, so that a shutdown can wait for them.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use crate::panics::catch;
use crate::sync::lock;

#[derive(Default)]
pub(crate) struct InFlight(Mutex<State>);

#[derive(Default)]
struct State {
    deliveries: usize,
    /// The wakers by the number of their [`Idle`].
    waiting: BTreeMap<u64, Waker>,
    /// The last of these numbers.
    last: u64,
}

/// Resolves when no delivery is in progress.
pub(crate) struct Idle<'a> {
    in_flight: &'a InFlight,
    /// Assigned on the first poll that waits.
    number: Option<u64>,
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
            if state.deliveries > 0 || state.waiting.is_empty() {
                return;
            }
            std::mem::take(&mut state.waiting)
        };
        for waker in waiting.into_values() {
            // A waker that panics must not keep the others asleep or fail the delivery.
            let _ = catch(|| waker.wake());
        }
    }

    pub(crate) fn idle(&self) -> Idle<'_> {
        Idle {
            in_flight: self,
            number: None,
        }
    }
}

// No waker is cloned, woken or dropped under the lock: it may run the code of a runtime.

impl Future for Idle<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let waker = cx.waker().clone();
        let mut state = lock(&self.in_flight.0);
        if state.deliveries == 0 {
            return Poll::Ready(());
        }
        let number = self.number.unwrap_or_else(|| {
            state.last += 1;
            state.last
        });
        let before = state.waiting.insert(number, waker);
        drop(state);
        drop(before);
        self.number = Some(number);
        Poll::Pending
    }
}

impl Drop for Idle<'_> {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            let waker = lock(&self.in_flight.0).waiting.remove(&number);
            drop(waker);
        }
    }
}
