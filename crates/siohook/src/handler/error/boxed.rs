//! A `HandlerError` inside the error types of the standard library and `anyhow`.

use std::error::Error;
use std::fmt;

use super::HandlerError;
use crate::handler::advice::Advice;

impl From<HandlerError> for Box<dyn Error + Send + Sync> {
    fn from(error: HandlerError) -> Self {
        match error.advice {
            Advice::Retry => error.error.into_inner(),
            Advice::RetryAfter(_) | Advice::Permanent => Box::new(Boxed(error)),
        }
    }
}

#[cfg(feature = "anyhow")]
impl From<HandlerError> for anyhow::Error {
    fn from(error: HandlerError) -> Self {
        Self::new(Boxed(error))
    }
}

/// A `HandlerError` that implements [`Error`].
#[derive(Debug)]
pub(super) struct Boxed(pub(super) HandlerError);

impl fmt::Display for Boxed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.error.fmt(f)
    }
}

impl Error for Boxed {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}
