//! A receiver, and what is sent to it.

use std::time::Duration;

use siohook_events::Shown;
use siohook_sandbox::{AllowList, Answer, Client, Mechanism, Outcome, Request};

use crate::{Exit, Failure};

/// A receiver at a URL that the user wrote.
#[derive(Debug)]
pub(crate) struct Receiver {
    client: Client,
}

impl Receiver {
    /// Makes a client that sends to the host of this URL and to this machine.
    pub(crate) fn new(url: &str, timeout: Duration) -> Result<Self, Failure> {
        let allowed = AllowList::with_host_of(url);
        let allowed = allowed.map_err(|error| Failure::usage(error.to_string()))?;
        let client = Client::new(allowed).timeout(timeout);
        Ok(Self { client })
    }

    /// Sends a request once.
    pub(crate) async fn send(
        &self,
        request: &Request,
        mechanism: Mechanism,
    ) -> Result<Answered, Failure> {
        let answer = self.client.send(request, mechanism).await;
        match (answer.outcome, answer.status) {
            (Outcome::Status, Some(status)) => Ok(Answered {
                status,
                body: answer.body.to_vec(),
                took: answer.took,
            }),
            _ => Err(unreached(request, &answer)),
        }
    }
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    /// The first 64 KiB.
    pub(crate) body: Vec<u8>,
    pub(crate) took: Duration,
}

fn unreached(request: &Request, answer: &Answer) -> Failure {
    let url = request.url();
    let origin = url.strip_suffix(request.target()).unwrap_or_default();
    let why = Shown::text(answer.error.as_deref().unwrap_or("there was no answer"));
    let (code, message, hint) = match answer.outcome {
        Outcome::Refused => (
            "receiver_unreachable",
            format!("nothing listens at {origin}: {why}"),
            "start the receiver, or check host and port",
        ),
        Outcome::Dns => (
            "receiver_unknown",
            format!("{origin}: {why}"),
            "check the name of the host",
        ),
        Outcome::Tls => (
            "receiver_tls",
            format!("{origin}: {why}"),
            "does it speak TLS at this port, with a certificate that is trusted here?",
        ),
        Outcome::Timeout => (
            "receiver_silent",
            format!("{origin}: {why}"),
            "does it answer before it does slow work? `--timeout` waits longer",
        ),
        Outcome::Blocked => {
            let message = format!("{origin}: {why}");
            return Failure::new(Exit::Usage, "usage", message);
        }
        _ => (
            "receiver_broke_off",
            format!("{origin}: {why}"),
            "its log may say why",
        ),
    };
    Failure::new(Exit::Unreached, code, message).hint(hint)
}
