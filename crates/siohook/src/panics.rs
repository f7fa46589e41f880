//! What a user's code gave may panic when it is dropped or printed. Such a panic ends here:
//! it must not undo what was done, and a second one while unwinding would abort the process.

use std::any::Any;
use std::fmt;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};

type Payload = Box<dyn Any + Send>;

/// The message of a panic.
pub(crate) fn message(panic: Payload) -> String {
    text(panic).unwrap_or_else(|panic| {
        discard(panic);
        "no message".to_owned()
    })
}

/// Runs code of others, and returns the message if that panicked.
pub(crate) fn catch<R>(run: impl FnOnce() -> R) -> Result<R, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(message)
}

/// Drops a value, and returns the message if that panicked.
pub(crate) fn discard<T>(value: T) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(|| drop(value))).err()?;
    Some(text(panic).unwrap_or_else(|panic| {
        // Dropping it may panic in turn, and there might be no end of that.
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

/// Writes what a user's code says. If that panics, the rest of its text is a note.
pub(crate) fn write(
    f: &mut fmt::Formatter<'_>,
    says: impl FnOnce(&mut fmt::Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    catch_unwind(AssertUnwindSafe(|| says(f))).unwrap_or_else(|panic| {
        message(panic);
        f.write_str("(no text, because writing it panicked)")
    })
}

/// A value of a user's code. Dropping it never panics.
pub struct Guarded<T>(Option<T>);

impl<T> Guarded<T> {
    /// Guards a value.
    #[inline]
    pub fn new(value: T) -> Self {
        Self(Some(value))
    }

    /// Gives the value back to the user's code.
    #[inline]
    #[expect(clippy::missing_panics_doc, reason = "it always has a value")]
    pub fn into_inner(mut self) -> T {
        self.0.take().expect(TAKEN)
    }
}

const TAKEN: &str = "only a guard that is gone has no value";

impl<T> Deref for Guarded<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        self.0.as_ref().expect(TAKEN)
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
