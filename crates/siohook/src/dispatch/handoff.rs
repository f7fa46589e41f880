//! A value on its way from a task to the one that waits for it.

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use crate::sync::lock;

enum State<T> {
    Waiting(Option<Waker>),
    Sent(T),
    /// The sender was dropped, or the value was taken.
    Over,
}

pub(crate) struct Sender<T>(Arc<Mutex<State<T>>>);

pub(crate) struct Receiver<T>(Arc<Mutex<State<T>>>);

pub(crate) fn handoff<T>() -> (Sender<T>, Receiver<T>) {
    let state = Arc::new(Mutex::new(State::Waiting(None)));
    (Sender(Arc::clone(&state)), Receiver(state))
}

impl<T> Sender<T> {
    pub(crate) fn send(self, value: T) {
        self.end(State::Sent(value));
    }

    fn end(&self, end: State<T>) {
        let mut state = lock(&self.0);
        let State::Waiting(waker) = &mut *state else {
            return;
        };
        let waker = waker.take();
        *state = end;
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.end(State::Over);
    }
}

impl<T> Receiver<T> {
    /// The value, or nothing if the sender is gone without having sent one.
    pub(crate) async fn receive(self) -> Option<T> {
        poll_fn(|cx| {
            let mut state = lock(&self.0);
            if let State::Waiting(waker) = &mut *state {
                *waker = Some(cx.waker().clone());
                return Poll::Pending;
            }
            match std::mem::replace(&mut *state, State::Over) {
                State::Sent(value) => Poll::Ready(Some(value)),
                State::Waiting(_) | State::Over => Poll::Ready(None),
            }
        })
        .await
    }
}
