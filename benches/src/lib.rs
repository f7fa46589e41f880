//! What the benchmarks share: deliveries, handlers, and the receiver that one
//! would write by hand. The `README.md` beside it has the figures.

pub mod bodies;
mod finish;
mod request;

#[cfg(feature = "handlers")]
pub mod handlers;
#[cfg(feature = "handlers")]
pub mod handwritten;

pub use finish::finish;
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
