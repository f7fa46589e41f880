use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// Blocks the thread until the future is ready, or time is over.
pub(super) fn wait(until: &mut (dyn Future<Output = ()> + Unpin), patience: Duration) {
    let started = Instant::now();
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    while Pin::new(&mut *until).poll(&mut context).is_pending() {
        let left = patience.saturating_sub(started.elapsed());
        if left.is_zero() {
            return;
        }
        thread::park_timeout(left);
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
