use std::hint::black_box;

use hmac::{Hmac, Mac};
use sha2::Sha256;
use siohook::{Dispatcher, Mechanism};

use crate::handwritten::{Receiver, ReceiverWithMemory};
use crate::{Request, SECRET, TOKEN, dispatcher, poll_once, receive, request};

/// What handles a delivery.
#[derive(Debug)]
pub enum Subject {
    /// `Dispatcher::receive`, and making an `Incoming` of the request.
    Siohook(Dispatcher),
    /// The receiver that is written by hand.
    ByHand(Receiver),
    /// The same with a memory of deliveries.
    WithMemory(ReceiverWithMemory),
    /// Only makes the digest that siohook needs: of a signed body.
    Hashing(Hmac<Sha256>),
    /// Does nothing.
    Nothing,
}

impl Subject {
    /// siohook, with the handlers of this crate.
    #[must_use]
    pub fn siohook(remembered: usize) -> Self {
        Self::Siohook(dispatcher(remembered))
    }

    /// The receiver that is written by hand.
    #[must_use]
    pub fn by_hand() -> Self {
        Self::ByHand(Receiver::new(SECRET, TOKEN))
    }

    /// The one by hand that remembers deliveries.
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
    /// It was not handled, or was handled before.
    #[inline]
    pub fn handle(&self, request: &Request) {
        match self {
            Self::Siohook(dispatcher) => receive(dispatcher, request),
            Self::ByHand(receiver) => poll_once(receiver.receive(request)).expect("it is right"),
            Self::WithMemory(receiver) => {
                poll_once(receiver.receive(request)).expect("it is right");
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
