//! systeme.io's public API over an account.

mod access;
mod call;
mod check;
mod communities;
mod contact_fields;
mod contact_tags;
mod contacts;
mod courses;
mod document;
mod enrolments;
mod input;
mod openapi;
pub(crate) mod page;
mod problem;
mod query;
mod routes;
pub(crate) mod subscriptions;
mod tags;
#[cfg(test)]
mod tests;
mod violation;
mod violations;
pub(crate) mod webhooks;

use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use siohook_events::Timestamp;

use self::access::Limiter;
use self::problem::Problem;
use crate::Outgoing;
use crate::body::BodyError;
use crate::state::State;

pub use self::document::openapi;

pub(crate) use self::call::{Ignored, LONGEST_BODY, Note};
pub(crate) use self::check::{is_country, is_email, is_slug};

/// The account that the API is of.
pub(crate) trait Backend: Send + Sync + 'static {
    /// The time in whole seconds.
    fn now(&self) -> Timestamp;

    fn accepts_key(&self, key: &[u8]) -> bool;

    /// Performs an operation, and sends its messages.
    fn perform(&self, method: &Method, operation: Performance<'_>) -> Response;
}

/// An operation with its request. It gets the state and the time.
pub(crate) type Performance<'a> =
    Box<dyn FnOnce(&mut State, Timestamp) -> (Response, Vec<Outgoing>) + 'a>;

/// systeme.io's public API: the operations of `https://api.systeme.io/api` with their codes,
/// texts and headers.
pub(crate) struct Api {
    account: Arc<dyn Backend>,
    limiter: Limiter,
}

impl Api {
    pub(crate) fn new(account: Arc<dyn Backend>) -> Self {
        let limiter = Limiter::default();
        Self { account, limiter }
    }

    /// Refuses requests over this number in a window of this many seconds. By default, no number
    /// is too high.
    pub(crate) fn rate_limit(mut self, requests: u32, seconds: u32) -> Self {
        self.limiter = Limiter::new(requests, seconds);
        self
    }

    /// The router. All its routes are under `/api`.
    pub(crate) fn router(self) -> Router {
        routes::router(Arc::new(self))
    }
}

/// An error in the form of the API.
pub(crate) fn refusal(status: StatusCode, detail: &str) -> Response {
    Problem::Status(status, detail.to_owned()).into_response()
}

/// The error of a body that can't be read.
pub(crate) fn unreadable(error: BodyError) -> Response {
    Problem::from(error).into_response()
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").finish_non_exhaustive()
    }
}
