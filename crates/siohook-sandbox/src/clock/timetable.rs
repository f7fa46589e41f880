//! What is due at which moment.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use siohook_events::Timestamp;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::{Inner, Pace};

type Due = Box<dyn FnOnce() + Send>;

/// The longest sleep of the driver. After it, the driver looks at the system's time again,
/// which may have jumped.
const LONGEST_SLEEP: Duration = Duration::from_secs(10);

#[derive(Default)]
pub(super) struct Timetable {
    entries: Mutex<BTreeMap<Timestamp, Vec<Due>>>,
    /// Wakes the driver.
    changed: Arc<Notify>,
    has_driver: AtomicBool,
}

impl Timetable {
    pub(super) fn insert(&self, moment: Timestamp, due: Due) {
        self.entries().entry(moment).or_default().push(due);
    }

    /// The first moment at which something is due.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.entries().keys().next().copied()
    }

    pub(super) fn take(&self, moment: Timestamp) -> Vec<Due> {
        self.entries().remove(&moment).unwrap_or_default()
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<Timestamp, Vec<Due>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Timetable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.entries().keys()).finish()
    }
}

impl Drop for Timetable {
    fn drop(&mut self) {
        self.changed.notify_one();
    }
}

/// Wakes the driver of a clock that moves by itself. The first call starts it.
pub(super) fn drive(clock: &Arc<Inner>) {
    if clock.face().pace == Pace::Manual {
        return;
    }
    let timetable = &clock.timetable;
    timetable.changed.notify_one();
    if !timetable.has_driver.swap(true, Ordering::Relaxed) {
        let changed = Arc::clone(&timetable.changed);
        tokio::spawn(run(Arc::downgrade(clock), changed));
    }
}

async fn run(clock: Weak<Inner>, changed: Arc<Notify>) {
    while let Some(sleep) = clock.upgrade().map(|clock| run_due(&clock)) {
        // Either end of the wait is a reason to look again.
        let _ = timeout(sleep, changed.notified()).await;
    }
}

/// Calls what is due, and returns how long to sleep.
fn run_due(clock: &Inner) -> Duration {
    loop {
        let face = *clock.face();
        let Some(moment) = clock.timetable.next() else {
            return LONGEST_SLEEP;
        };
        if face.pace == Pace::Manual {
            return LONGEST_SLEEP;
        }
        let now = face.now();
        if now < moment {
            let sleep = since_epoch(moment).saturating_sub(since_epoch(now));
            let sleep = sleep / face.pace.factor().max(1);
            return sleep.clamp(Duration::from_millis(1), LONGEST_SLEEP);
        }
        for due in clock.timetable.take(moment) {
            // A panic of one does not stop the clock. The hook has reported it.
            let _ = catch_unwind(AssertUnwindSafe(due));
        }
    }
}

fn since_epoch(moment: Timestamp) -> Duration {
    Duration::new(moment.unix_seconds().unsigned_abs(), moment.subsec_nanos())
}
