//! The fastest receiver that one would write by hand: it checks what has to be
//! checked, reads the payload in one pass, and calls the handler. It has no
//! redelivery memory, no catalogue, no second handler, and does not catch a panic.

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

/// A receiver: see [`account`](Self::account) and [`automation`](Self::automation).
#[derive(Debug)]
pub struct Receiver {
    /// The prepared key.
    mac: Hmac<Sha256>,
    token: String,
}

/// Why a delivery was not handled.
#[derive(Debug)]
pub enum Refused {
    /// Signature or token are missing or wrong.
    Unauthorized,
    /// Not the JSON that was expected.
    BadRequest,
    /// An event without a handler.
    Unhandled,
    /// The same delivery is being handled.
    InProgress,
    /// The handler panicked.
    Panicked,
    /// What the handler said.
    Failed(io::Error),
}

impl Receiver {
    /// Prepares the key.
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
    /// Why it was not handled.
    pub async fn receive(&self, request: &Request) -> Result<(), Refused> {
        match request.mechanism {
            Mechanism::Account => self.account(&request.headers, &request.body).await,
            _ => self.automation(&request.query, &request.body).await,
        }
    }
}

impl Refused {
    /// The HTTP status to answer.
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
