use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks a mutex and ignores poison: no code that holds one of our locks leaves the value half
/// changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
