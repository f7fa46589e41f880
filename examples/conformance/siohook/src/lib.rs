//! What an example finds under the name `siohook` when it is built for the suite: all of
//! `siohook`, the handlers that the suite calls, and a builder that knows them.
//!
//! So the suite tries the examples as they stand, and what only the suite needs is not in
//! them.

mod handlers;

use std::env;

// An item that is defined here hides that of the same name.
pub use siohook::*;

/// Stands in for [`siohook::Dispatcher`], of which the examples write no more than
/// `Dispatcher::builder()`.
#[derive(Debug)]
pub enum Dispatcher {}

impl Dispatcher {
    /// A builder with what the environment says, in lists with commas:
    ///
    /// * `SYSTEME_SOURCE_IPS`: addresses and networks that may send, else all may;
    /// * `SYSTEME_TRUSTED_PROXIES`: the same for proxies in front, else there are none.
    pub fn builder() -> DispatcherBuilder {
        let mut builder = siohook::Dispatcher::builder().state(handlers::Doors::default());
        if let Ok(list) = env::var("SYSTEME_SOURCE_IPS") {
            builder = builder.source_ips(IpAllowList::new(list.split(',')));
        }
        if let Ok(list) = env::var("SYSTEME_TRUSTED_PROXIES") {
            builder = builder.trusted_proxies(list.split(','));
        }
        builder
    }
}
