//! What a handler returns, and what becomes of it.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::error::HandlerError;
use crate::delivery::Mismatch;

/// A call of a handler.
pub type HandlerFuture<'a> = Pin<Box<dyn Call + Send + 'a>>;

/// The future of a handler, whatever it returns.
pub trait Call {
    /// Goes on with the call.
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
    /// The handler said so.
    Handler(HandlerError),
}

/// What a handler may return: `()`, or `Result<(), E>`.
#[diagnostic::on_unimplemented(
    message = "a handler can't return `{Self}`",
    label = "not what a handler returns",
    note = "return `()`, or `Result<(), E>` where `E` is `siohook::HandlerError`, a type that implements `std::error::Error + Send + Sync + 'static`, `Box<dyn Error + Send + Sync>`, `anyhow::Error` or a string"
)]
pub trait HandlerResult: Sized {
    /// Gives every call the same type. An expansion calls it through the type that
    /// the function returns, so that a mistake there is an error there.
    fn boxed<'a>(call: impl Future<Output = Self> + Send + 'a) -> HandlerFuture<'a> {
        Box::pin(call)
    }

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

/// A call that can't be made.
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
