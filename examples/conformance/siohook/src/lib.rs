//! The crate that examples get under the name `siohook` when they are built for the suite. It
//! re-exports all of `siohook`, and adds the handlers that the suite calls and a builder that
//! reads the suite's configuration.
//!
//! So the suite tests the examples unchanged, and they contain nothing for the suite.

mod handlers;

use std::env;

// An item that is defined here hides that of the same name.
pub use siohook::*;

/// Replaces [`siohook::Dispatcher`]. The examples only call `Dispatcher::builder()`.
#[derive(Debug)]
pub enum Dispatcher {}

impl Dispatcher {
    /// Returns a builder that reads two variables, which are lists separated by commas:
    ///
    /// * `SYSTEME_SOURCE_IPS`: addresses and networks that may send, all if unset;
    /// * `SYSTEME_TRUSTED_PROXIES`: addresses and networks of proxies, none if unset.
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
