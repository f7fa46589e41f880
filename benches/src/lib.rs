//! What the benchmarks share: deliveries, handlers, and the receiver that one
//! would write by hand. The `README.md` beside it has the figures.

pub mod bodies;
mod case;
pub mod clock;
#[cfg(feature = "handlers")]
mod contender;
mod finish;
pub mod generated;
#[cfg(feature = "handlers")]
pub mod handlers;
#[cfg(feature = "handlers")]
pub mod handwritten;
pub mod linked;
pub mod machine;
pub mod plot;
mod quantiles;
mod request;
pub mod section;

pub use case::{Case, cases};
#[cfg(feature = "handlers")]
pub use contender::Contender;
pub use finish::finish;
pub use quantiles::Quantiles;
pub use request::{Request, sign};

/// What account webhooks are signed with.
pub const SECRET: &str = "correct horse battery staple";

/// What the URL of automations ends in.
pub const TOKEN: &str = "b7e1f3c9";

/// A builder that trusts every [`Request`] of this crate.
pub fn builder() -> siohook::DispatcherBuilder {
    siohook::Dispatcher::builder()
        .account_secret("main", SECRET)
        .automation_token(TOKEN)
}

/// A dispatcher with the [`handlers`] of this crate, that remembers so many
/// deliveries.
///
/// # Panics
///
/// Never: the configuration is right.
#[cfg(feature = "handlers")]
#[must_use]
pub fn dispatcher(remembered: usize) -> siohook::Dispatcher {
    let built = builder()
        .select(|handler| handler.name().starts_with("siohook_benches::handlers::"))
        .redelivery_memory(remembered)
        .build();
    built.expect("the configuration is right")
}
