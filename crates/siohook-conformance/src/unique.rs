use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// A number that neither this process nor an earlier one has used, so that the
/// redelivery memory of a server never takes one case for another.
pub(crate) fn unique() -> u64 {
    // Microseconds: no process counts faster than time passes.
    static NEXT: LazyLock<AtomicU64> = LazyLock::new(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let micros = now.unwrap_or_default().as_micros();
        AtomicU64::new(u64::try_from(micros).unwrap_or_default())
    });
    NEXT.fetch_add(1, Ordering::Relaxed)
}
