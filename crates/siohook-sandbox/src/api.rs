//! systeme.io's public API over an account.

mod access;
mod call;
mod check;
mod communities;
mod contact_fields;
mod contact_tags;
mod contacts;
mod courses;
mod enrolments;
mod guard;
mod input;
mod page;
mod problem;
mod query;
mod routes;
mod subscriptions;
mod tags;
#[cfg(test)]
mod tests;
mod violation;
mod violations;
mod webhooks;

use std::fmt;
use std::sync::{Arc, Mutex};

use axum::Router;
use siohook_events::Timestamp;

use self::access::{Keys, Limiter};
use crate::Outgoing;
use crate::state::State;

pub use self::call::Ignored;

/// systeme.io's public API, as a router.
///
/// It has the operations of `https://api.systeme.io/api` with their codes, texts and headers. A
/// request needs the header `X-API-Key`. A request to a foreign `Host` gets 421, one from a page
/// of another `Origin` 403, so that no web page can make the sandbox send.
///
/// ```
/// use std::sync::{Arc, Mutex};
///
/// use siohook_sandbox::Api;
/// use siohook_sandbox::state::State;
///
/// let account = Arc::new(Mutex::new(State::new(7)));
/// let now = "2026-01-01T00:00:00+00:00".parse()?;
/// let api = Api::new(account, move || now, |outgoing| println!("{outgoing:?}"));
/// let router: axum::Router = api.keys(["secret"]).host("sandbox.example.com").router();
/// # Ok::<(), siohook_sandbox::ParseTimestampError>(())
/// ```
pub struct Api {
    account: Arc<Mutex<State>>,
    now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    send: Box<dyn Fn(Vec<Outgoing>) + Send + Sync>,
    accepts_url: Box<dyn Fn(&str) -> bool + Send + Sync>,
    keys: Keys,
    hosts: Vec<String>,
    limiter: Limiter,
}

impl Api {
    /// Makes the API of an account.
    ///
    /// `now` is the clock. `send` gets the messages of each request that has any. It is called
    /// while the account is locked, so that messages keep their order, and must not lock it.
    #[must_use]
    pub fn new(
        account: Arc<Mutex<State>>,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
        send: impl Fn(Vec<Outgoing>) + Send + Sync + 'static,
    ) -> Self {
        Self {
            account,
            now: Box::new(now),
            send: Box::new(send),
            accepts_url: Box::new(|_| true),
            keys: Keys::default(),
            hosts: vec![],
            limiter: Limiter::default(),
        }
    }

    /// Accepts only these API keys. By default, any key that is not empty is accepted.
    #[must_use]
    pub fn keys<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.keys = Keys::only(keys.into_iter().map(Into::into));
        self
    }

    /// Also answers to this host. By default, it answers to loopback names and to
    /// `api.systeme.io`.
    #[must_use]
    pub fn host(mut self, name: impl Into<String>) -> Self {
        self.hosts.push(name.into());
        self
    }

    /// Refuses requests over this number in a window of this many seconds. By default, no number
    /// is too high.
    #[must_use]
    pub fn rate_limit(mut self, requests: u32, seconds: u32) -> Self {
        self.limiter = Limiter::new(requests, seconds);
        self
    }

    /// Refuses webhooks to other URLs. By default, each HTTP URL without credentials is accepted.
    #[must_use]
    pub fn accept_urls(mut self, accepts: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.accepts_url = Box::new(accepts);
        self
    }

    /// Returns the router. All its routes are under `/api`.
    pub fn router(self) -> Router {
        routes::router(Arc::new(self))
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api")
            .field("hosts", &self.hosts)
            .finish_non_exhaustive()
    }
}
