//! What is sent to a receiver. No handler can run: the event does not exist, and the body is `{}`.

use std::cell::Cell;
use std::time::Duration;

use serde_json::json;
use siohook_events::headers::EVENT;
use siohook_sender::Sample;
use uuid::Uuid;

use crate::Failure;
use crate::receiver::{Answered, Receiver, UNREACHABLE};

/// No event of systeme.io.
const NO_EVENT: &str = "SIOHOOK_DOCTOR";

/// Length of a large body.
const LARGE: usize = 64 * 1024;

/// How often it is sent at most.
const TRIES: usize = 3;

/// The code of a connection that ended without an answer.
pub(super) const BROKE_OFF: &str = "receiver_broke_off";

/// An answer, or why there is none.
pub(super) type Asked = Result<Answered, Failure>;

/// Sends to a receiver.
pub(super) struct Probes<'a> {
    receiver: &'a Receiver,
    url: &'a str,
    /// The longest time of an answer so far.
    slowest: Cell<Duration>,
}

impl<'a> Probes<'a> {
    pub(super) fn new(receiver: &'a Receiver, url: &'a str) -> Self {
        let slowest = Cell::default();
        Self {
            receiver,
            url,
            slowest,
        }
    }

    pub(super) fn slowest(&self) -> Duration {
        self.slowest.get()
    }

    /// Sends a sample once.
    pub(super) async fn send(&self, sample: &Sample) -> Asked {
        let request = sample.request(self.url);
        let request = request.map_err(|error| Failure::usage(error.to_string()))?;
        self.note(self.receiver.send(&request, sample.mechanism()).await)
    }

    pub(super) async fn unsigned(&self) -> Asked {
        self.send(&nothing().unsigned()).await
    }

    /// Asks for the page at the URL.
    pub(super) async fn get(&self) -> Asked {
        let request = nothing().unsigned().request(self.url);
        let request = request.map_err(|error| Failure::usage(error.to_string()))?;
        let (target, host) = (request.target(), request.host());
        let get = format!("GET {target} HTTP/1.1\r\nhost: {host}\r\naccept: */*\r\n\r\n");
        self.note(self.receiver.send_bytes(get.as_bytes()).await)
    }

    /// Signed with a secret that no receiver has.
    pub(super) async fn forged(&self) -> Asked {
        let secret = Uuid::new_v4().to_string();
        self.send(&nothing().signed_with(&secret)).await
    }

    /// Without the name of an event, so that it is refused after the signature.
    pub(super) async fn secret(&self, secret: &str) -> Asked {
        let sample = nothing().without_header(EVENT).signed_with(secret);
        self.send(&sample).await
    }

    /// Without a type in the body, so that it is refused after the token.
    pub(super) async fn token(&self, token: &str) -> Asked {
        let sample = Sample::automation(NO_EVENT, json!({})).with_body("{}");
        self.send(&sample.token(token)).await
    }

    /// The same with a token that no receiver has.
    pub(super) async fn other_token(&self) -> Asked {
        self.token(&Uuid::new_v4().to_string()).await
    }

    /// Unsigned, and longer than most events. A receiver that refuses it without reading it may end
    /// the connection before its answer arrives, so it is asked again.
    pub(super) async fn large(&self) -> Asked {
        let body = format!("{{{}}}", " ".repeat(LARGE - 2));
        let sample = nothing().with_body(body).unsigned();
        for _ in 1..TRIES {
            match self.send(&sample).await {
                Err(failure) if failure.code == BROKE_OFF => {}
                asked => return asked,
            }
        }
        self.send(&sample).await
    }

    /// Notes how long an answer took.
    fn note(&self, answered: Result<Answered, Failure>) -> Result<Answered, Failure> {
        match &answered {
            Ok(answered) => self.slowest.set(self.slowest.get().max(answered.took)),
            // The general hint names this command.
            Err(failure) if failure.code == UNREACHABLE => {
                let hint = "start the receiver, or check host and port";
                return Err(failure.clone().hint(hint));
            }
            Err(_) => {}
        }
        answered
    }
}

fn nothing() -> Sample {
    Sample::account(NO_EVENT, json!({}))
}
