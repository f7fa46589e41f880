use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// A number that no process has used before. So the redelivery memory of a server never takes
/// a delivery for an earlier one.
pub(crate) fn unique() -> u64 {
    // It starts at the time in microseconds, and no process counts faster than that.
    static NEXT: LazyLock<AtomicU64> = LazyLock::new(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let micros = now.unwrap_or_default().as_micros();
        AtomicU64::new(u64::try_from(micros).unwrap_or_default())
    });
    NEXT.fetch_add(1, Ordering::Relaxed)
}
