use std::hint::black_box;

use hmac::{Hmac, Mac};
use sha2::Sha256;
use siohook::{Dispatcher, Mechanism};

use crate::handwritten::{Receiver, ReceiverWithMemory};
use crate::{Request, SECRET, TOKEN, dispatcher, poll_once, receive, request};

/// A subject of the benchmarks, which handles deliveries.
#[derive(Debug)]
pub enum Subject {
    /// `Dispatcher::receive`, including the conversion of the request into an `Incoming`.
    Siohook(Dispatcher),
    /// The receiver written by hand.
    ByHand(Receiver),
    /// The receiver written by hand, with a memory of deliveries.
    WithMemory(ReceiverWithMemory),
    /// Only hashes the body of an account webhook.
    Hashing(Hmac<Sha256>),
    /// Does nothing.
    Nothing,
}

impl Subject {
    /// siohook with the handlers of this crate, which remembers this many deliveries.
    #[must_use]
    pub fn siohook(remembered: usize) -> Self {
        Self::Siohook(dispatcher(remembered))
    }

    /// The receiver written by hand.
    #[must_use]
    pub fn by_hand() -> Self {
        Self::ByHand(Receiver::new(SECRET, TOKEN))
    }

    /// The receiver written by hand, which remembers this many deliveries.
    #[must_use]
    pub fn with_memory(remembered: usize) -> Self {
        let receiver = Receiver::new(SECRET, TOKEN);
        Self::WithMemory(ReceiverWithMemory::new(receiver, remembered))
    }

    /// Only the hashing.
    #[must_use]
    pub fn hashing() -> Self {
        Self::Hashing(request::key(SECRET))
    }

    /// Handles a delivery.
    ///
    /// # Panics
    ///
    /// The delivery was not handled, or was handled before.
    #[inline]
    pub fn handle(&self, request: &Request) {
        match self {
            Self::Siohook(dispatcher) => receive(dispatcher, request),
            Self::ByHand(receiver) => {
                poll_once(receiver.receive(request)).expect("the delivery is valid");
            }
            Self::WithMemory(receiver) => {
                poll_once(receiver.receive(request)).expect("the delivery is valid");
            }
            Self::Hashing(key) if request.mechanism == Mechanism::Account => {
                black_box(key.clone().chain_update(&request.body).finalize());
            }
            Self::Hashing(_) | Self::Nothing => {
                black_box(request);
            }
        }
    }
}
