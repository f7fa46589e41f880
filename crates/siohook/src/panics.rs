//! Catches panics of a user's values, which may panic when they are dropped or printed. Such a
//! panic must not fail a delivery, and a second one while unwinding would abort the process.

use std::any::Any;
use std::fmt;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind};

type Payload = Box<dyn Any + Send>;

/// Returns the message of a panic.
pub(crate) fn message(panic: Payload) -> String {
    text(panic).unwrap_or_else(|panic| {
        discard(panic);
        "no message".to_owned()
    })
}

/// Runs code of a user. Returns the message if it panicked.
pub(crate) fn catch<R>(run: impl FnOnce() -> R) -> Result<R, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(message)
}

/// Drops a value. Returns the message if that panicked.
pub(crate) fn discard<T>(value: T) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(|| drop(value))).err()?;
    Some(text(panic).unwrap_or_else(|panic| {
        // Dropping the payload may panic again, without end, so it is leaked.
        let _ = ManuallyDrop::new(panic);
        "no message".to_owned()
    }))
}

fn text(panic: Payload) -> Result<String, Payload> {
    let panic = match panic.downcast::<String>() {
        Ok(text) => return Ok(*text),
        Err(panic) => panic,
    };
    match panic.downcast_ref::<&'static str>() {
        Some(text) => Ok((*text).to_owned()),
        None => Err(panic),
    }
}

/// Writes a user's value. If that panics, a note follows what was written so far.
pub(crate) fn write(
    f: &mut fmt::Formatter<'_>,
    write: impl FnOnce(&mut fmt::Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    catch_unwind(AssertUnwindSafe(|| write(f))).unwrap_or_else(|panic| {
        message(panic);
        f.write_str("(no text, because writing it panicked)")
    })
}

/// A value of a user. Dropping it never panics.
pub struct Guarded<T>(Option<T>);

impl<T> Guarded<T> {
    /// Guards a value.
    #[inline]
    pub fn new(value: T) -> Self {
        Self(Some(value))
    }

    /// Returns the value.
    #[inline]
    #[expect(clippy::missing_panics_doc, reason = "it always holds a value")]
    pub fn into_inner(mut self) -> T {
        self.0.take().expect(TAKEN)
    }
}

const TAKEN: &str = "a guard holds its value until it is dropped";

impl<T> Deref for Guarded<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        self.0.as_ref().expect(TAKEN)
    }
}

impl<T> DerefMut for Guarded<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.as_mut().expect(TAKEN)
    }
}

impl<T> Drop for Guarded<T> {
    #[inline]
    fn drop(&mut self) {
        if let Some(value) = self.0.take() {
            discard(value);
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Guarded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, |f| (**self).fmt(f))
    }
}
