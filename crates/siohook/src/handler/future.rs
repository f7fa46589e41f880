//! The futures of handlers, and the types that they return.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::error::HandlerError;
use crate::delivery::Mismatch;

/// A call of a handler.
pub type HandlerFuture<'a> = Pin<Box<dyn Call + Send + 'a>>;

/// The future of a handler, whatever it returns.
pub trait Call {
    /// Polls the call.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Failure>>;
}

impl<F: Future<Output: HandlerResult>> Call for F {
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Future::poll(self, cx).map(HandlerResult::into_result)
    }
}

/// Why a call of a handler did not succeed.
#[derive(Debug)]
pub enum Failure {
    /// An argument could not be taken from the delivery.
    Mismatch(Mismatch),
    /// The handler returned an error.
    Handler(HandlerError),
}

/// A type that a handler can return: `()` or `Result<(), E>`.
#[diagnostic::on_unimplemented(
    message = "a handler can't return `{Self}`",
    label = "not what a handler returns",
    note = "return `()`, or `Result<(), E>` where `E` is `siohook::HandlerError`, a type that implements `std::error::Error + Send + Sync + 'static`, `Box<dyn Error + Send + Sync>`, `anyhow::Error` or a string"
)]
pub trait HandlerResult: Sized {
    /// Boxes a call. An expansion names the type that the function returns, so that the compiler
    /// reports a wrong one at its place in the source.
    fn boxed<'a>(call: impl Future<Output = Self> + Send + 'a) -> HandlerFuture<'a> {
        Box::pin(call)
    }

    /// Converts it into the result of the call.
    ///
    /// # Errors
    ///
    /// Returns the error of the handler.
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

/// Makes a call that fails with this mismatch.
#[must_use]
pub fn mismatched<'a>(mismatch: Mismatch) -> HandlerFuture<'a> {
    Box::pin(Mismatched(mismatch))
}

struct Mismatched(Mismatch);

impl Call for Mismatched {
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        let mismatch = self.0.clone();
        Poll::Ready(Err(if mismatch.is_of_adapter() {
            Failure::Handler(HandlerError::new(mismatch))
        } else {
            Failure::Mismatch(mismatch)
        }))
    }
}
