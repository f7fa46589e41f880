//! The fastest receiver that we know how to write by hand. It verifies a delivery,
//! parses the payload in one pass, and calls the handler. It has no redelivery
//! memory, no catalogue and one handler for an event, and it catches no panic.

mod account;
mod automation;
mod signature;
mod with_memory;

use std::io;

use hmac::Hmac;
use sha2::Sha256;
use siohook::Mechanism;

pub use self::with_memory::ReceiverWithMemory;

use crate::Request;

/// A receiver of both mechanisms: see [`account`](Self::account) and [`automation`](Self::automation).
#[derive(Debug)]
pub struct Receiver {
    /// The prepared key.
    mac: Hmac<Sha256>,
    token: String,
}

/// Why a delivery was not handled.
#[derive(Debug)]
pub enum Refused {
    /// The signature or token is missing or wrong.
    Unauthorized,
    /// The body is not the expected JSON.
    BadRequest,
    /// The event has no handler.
    Unhandled,
    /// The same delivery is being handled.
    InProgress,
    /// The handler panicked.
    Panicked,
    /// The handler returned an error.
    Failed(io::Error),
}

impl Receiver {
    /// Creates a receiver with a prepared key.
    #[must_use]
    pub fn new(secret: &str, token: &str) -> Self {
        Self {
            mac: crate::request::key(secret),
            token: token.to_owned(),
        }
    }

    /// Receives a delivery of either mechanism.
    ///
    /// # Errors
    ///
    /// The delivery was not handled, for the reason in [`Refused`].
    pub async fn receive(&self, request: &Request) -> Result<(), Refused> {
        match request.mechanism {
            Mechanism::Account => self.account(&request.headers, &request.body).await,
            _ => self.automation(&request.query, &request.body).await,
        }
    }
}

impl Refused {
    /// The HTTP status of the reply.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Unauthorized => 401,
            Self::BadRequest => 400,
            Self::Unhandled => 404,
            Self::InProgress => 409,
            Self::Failed(_) | Self::Panicked => 500,
        }
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<serde_json::Error> for Refused {
    fn from(_: serde_json::Error) -> Self {
        Self::BadRequest
    }
}
