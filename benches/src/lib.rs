//! Shared parts of the benchmarks: deliveries, handlers, and the receiver written
//! by hand. `README.md` has the figures.

pub mod bodies;
mod case;
#[cfg(feature = "handlers")]
pub mod handlers;
#[cfg(feature = "handlers")]
pub mod handwritten;
pub mod machine;
pub mod measure;
mod request;
pub mod section;
#[cfg(feature = "handlers")]
mod subject;

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use siohook::{Dispatcher, DispatcherBuilder};

pub use case::{Case, cases};
pub use request::Request;
pub use siohook_sender::{SECRET, TOKEN, sign};
#[cfg(feature = "handlers")]
pub use subject::Subject;

/// A builder that trusts every [`Request`] of this crate.
pub fn builder() -> DispatcherBuilder {
    Dispatcher::builder()
        .account_secret("main", SECRET)
        .automation_token(TOKEN)
}

/// A dispatcher that has only the [`handlers`] of this crate, and remembers this
/// many deliveries.
///
/// # Panics
///
/// Never: the configuration is valid.
#[cfg(feature = "handlers")]
#[must_use]
pub fn dispatcher(remembered: usize) -> Dispatcher {
    let built = select_handlers(builder())
        .redelivery_memory(remembered)
        .build();
    built.expect("the configuration is valid")
}

/// Selects the [`handlers`] of this crate.
#[cfg(feature = "handlers")]
pub fn select_handlers(builder: DispatcherBuilder) -> DispatcherBuilder {
    builder.select(|handler| handler.name().starts_with("siohook_benches::handlers::"))
}

/// Receives a delivery for the first time.
///
/// # Panics
///
/// The delivery was not handled, or was handled before.
#[inline]
pub fn receive(dispatcher: &Dispatcher, request: &Request) {
    let reply = poll_once(dispatcher.receive(request.incoming()));
    assert_eq!(reply.outcome().as_str(), "done");
}

/// Polls a future that is ready at once.
///
/// # Panics
///
/// The future is pending.
pub fn poll_once<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future is pending"),
    }
}
