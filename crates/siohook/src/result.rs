//! What a handler returns, and what becomes of it.

use std::error::Error;
use std::pin::Pin;

use crate::handler_error::HandlerError;
use crate::mismatch::Mismatch;

/// A call of a handler.
pub type HandlerFuture<'a> = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'a>>;

/// Why a call of a handler did not succeed.
#[derive(Debug)]
pub enum Failure {
    /// An argument could not be taken from the delivery.
    Mismatch(Mismatch),
    /// The handler said so.
    Handler(HandlerError),
}

impl From<Mismatch> for Failure {
    fn from(mismatch: Mismatch) -> Self {
        Self::Mismatch(mismatch)
    }
}

/// What a handler may return: `()`, or `Result<(), E>`.
#[diagnostic::on_unimplemented(
    message = "a handler can't return `{Self}`",
    label = "not what a handler returns",
    note = "a handler returns `()` or `Result<(), E>`, where `E` is `siohook::HandlerError`, an error that is `Send + Sync + 'static`, `Box<dyn Error + Send + Sync>`, `anyhow::Error` or a string"
)]
pub trait HandlerResult {
    /// Turns it into what the dispatcher understands.
    ///
    /// # Errors
    ///
    /// The handler's.
    fn into_result(self) -> Result<(), Failure>;
}

#[diagnostic::do_not_recommend]
impl HandlerResult for () {
    fn into_result(self) -> Result<(), Failure> {
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<E: Into<Box<dyn Error + Send + Sync>>> HandlerResult for Result<(), E> {
    fn into_result(self) -> Result<(), Failure> {
        self.map_err(|error| Failure::Handler(HandlerError::new(error)))
    }
}

/// Gives every call the same type.
pub fn boxed<'a>(call: impl Future<Output = Result<(), Failure>> + Send + 'a) -> HandlerFuture<'a> {
    Box::pin(call)
}
