use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Millis, millis};
use crate::sync::lock;

/// A clock that is moved by hand. Its clones are one clock.
#[derive(Clone)]
pub(crate) struct ManualClock(Arc<Mutex<Hands>>);

struct Hands {
    now: Millis,
    elapsed: Duration,
    /// Each wakes a thread, and returns whether the thread is still there.
    threads: Vec<Box<dyn Fn() -> bool + Send>>,
}

impl ManualClock {
    /// Starts at a time in milliseconds since 1970.
    pub(crate) fn new(now: Millis) -> Self {
        Self(Arc::new(Mutex::new(Hands {
            now,
            elapsed: Duration::ZERO,
            threads: vec![],
        })))
    }

    pub(crate) fn now(&self) -> Millis {
        lock(&self.0).now
    }

    pub(super) fn elapsed(&self) -> Duration {
        lock(&self.0).elapsed
    }

    /// Calls a function whenever the clock is moved, until it returns `false`.
    pub(crate) fn wakes(&self, wake: impl Fn() -> bool + Send + 'static) {
        lock(&self.0).threads.push(Box::new(wake));
    }

    pub(crate) fn advance(&self, by: Duration) {
        let mut hands = lock(&self.0);
        hands.now += millis(by);
        hands.elapsed += by;
        hands.threads.retain(|wake| wake());
    }

    /// Runs a function while all that ask for the time wait.
    #[cfg(feature = "conformance")]
    pub(crate) fn hold<T>(&self, during: impl FnOnce() -> T) -> T {
        let _hands = lock(&self.0);
        during()
    }

    /// Sets the wall clock back, as an administrator or NTP does. No time passes.
    pub(crate) fn set_back(&self, by: Duration) {
        let mut hands = lock(&self.0);
        hands.now -= millis(by);
        hands.threads.retain(|wake| wake());
    }
}

impl fmt::Debug for ManualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ManualClock").field(&self.now()).finish()
    }
}
