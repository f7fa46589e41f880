//! Waits that end: a promise that is broken is a failure, and not a test that hangs.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use super::failure::{Checked, Failure};

/// How long a case waits for one thing.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// Waits for a future, without a runtime.
pub(super) fn wait_for<T>(
    what: &str,
    patience: Duration,
    future: impl Future<Output = T>,
) -> Checked<T> {
    let (mut future, waker) = (pin!(future), Unpark(thread::current()));
    let waker = Arc::new(waker).into();
    let (mut context, until) = (Context::from_waker(&waker), Instant::now() + patience);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return Ok(value);
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(too_long(what, patience));
        }
        thread::park_timeout(left);
    }
}

/// Waits until something holds.
pub(super) fn eventually(what: &str, holds: impl Fn() -> Checked<bool>) -> Checked {
    let until = Instant::now() + PATIENCE;
    while !holds()? {
        if Instant::now() >= until {
            return Err(too_long(what, PATIENCE));
        }
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

fn too_long(what: &str, patience: Duration) -> Failure {
    Failure::new(format!("{what} took longer than {patience:?}"))
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
