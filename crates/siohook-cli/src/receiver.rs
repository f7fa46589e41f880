//! A receiver, and what is sent to it.

use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hyper::body::Bytes;
use siohook_events::Shown;
use siohook_sandbox::{AllowList, Answer, Client, Mechanism, Outcome, Request};

use crate::store::Exchange;
use crate::text::{millis, without_query};
use crate::{Exit, Failure, reply};

/// The part of an answer that is logged: 64 KiB.
const LOGGED: usize = 64 << 10;

/// The longest body of an answer that is passed on: 16 MiB.
pub(crate) const LONGEST_ANSWER: usize = 16 << 20;

/// A receiver at a URL that the user wrote.
#[derive(Debug)]
pub(crate) struct Receiver {
    url: String,
    is_on_this_machine: bool,
    client: Client,
}

impl Receiver {
    /// Makes a client that sends to the host of this URL and to this machine.
    pub(crate) fn new(url: &str, timeout: Duration) -> Result<Self, Failure> {
        let allowed = AllowList::with_host_of(url);
        let allowed = allowed.map_err(|error| Failure::usage(error.to_string()))?;
        let destination = allowed.check(url);
        let host = destination
            .as_ref()
            .map_or("", |destination| destination.host());
        let address: Option<IpAddr> = host.parse().ok();
        let is_loopback = address.is_some_and(|address| address.to_canonical().is_loopback());
        let is_on_this_machine = is_loopback || host == "localhost" || host.ends_with(".localhost");
        let client = Client::new(allowed).timeout(timeout);
        let url = url.to_owned();
        Ok(Self {
            url,
            is_on_this_machine,
            client,
        })
    }

    /// Connects to this address, instead of those of the name.
    pub(crate) fn at(self, name: &str, address: IpAddr) -> Self {
        Self {
            client: self.client.host(name, [address]),
            ..self
        }
    }

    /// Keeps the whole bodies of answers.
    pub(crate) fn with_whole_answers(self) -> Self {
        Self {
            client: self.client.keep_body(LONGEST_ANSWER),
            ..self
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Scheme, host and port, without what may hold a token.
    pub(crate) fn origin(&self) -> &str {
        origin(&self.url)
    }

    /// Whether nothing leaves this machine.
    pub(crate) fn is_on_this_machine(&self) -> bool {
        self.is_on_this_machine
    }

    /// Whether it is what listens at an address of this machine.
    pub(crate) fn is_at(&self, address: SocketAddr) -> bool {
        let port = self.origin().rsplit(':').next();
        let port = port.and_then(|port| port.parse().ok()).unwrap_or(80);
        self.is_on_this_machine && port == address.port()
    }

    /// Sends a request once.
    pub(crate) async fn send(
        &self,
        request: &Request,
        mechanism: Mechanism,
    ) -> Result<Answered, Failure> {
        let answer = self.client.send(request, mechanism).await;
        self.answered(answer)
    }

    /// Sends the bytes of a request once.
    pub(crate) async fn send_bytes(&self, request: &[u8]) -> Result<Answered, Failure> {
        let answer = self.client.send_bytes(&self.url, request).await;
        self.answered(answer)
    }

    /// The line of a log for what came back.
    pub(crate) fn exchange(&self, answered: &Result<Answered, Failure>) -> Exchange {
        let mut exchange = Exchange {
            at: jiff::Timestamp::now().to_string(),
            to: self.url.clone(),
            ..Exchange::default()
        };
        match answered {
            Ok(answered) => {
                exchange.status = Some(answered.status);
                exchange.outcome = reply::outcome(answered.beginning());
                exchange.elapsed_ms = millis(answered.took);
                exchange.headers.clone_from(&answered.headers);
                exchange.body = String::from_utf8_lossy(answered.beginning()).into_owned();
            }
            Err(failure) => exchange.error = Some(failure.code.to_owned()),
        }
        exchange
    }

    fn answered(&self, answer: Answer) -> Result<Answered, Failure> {
        match (answer.outcome, answer.status) {
            (Outcome::Status, Some(status)) => Ok(Answered {
                status,
                headers: answer.headers,
                head: answer.head,
                body: answer.body,
                is_truncated: answer.is_truncated,
                took: answer.took,
            }),
            _ => Err(self.unreached(&answer)),
        }
    }

    fn unreached(&self, answer: &Answer) -> Failure {
        let origin = Shown::value(self.origin());
        let why = Shown::text(answer.error.as_deref().unwrap_or("there was no answer"));
        let (code, message, hint) = match answer.outcome {
            Outcome::Refused => return nothing_listens(&self.url, why),
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
}

/// Code of a receiver that accepts no connection.
pub(crate) const UNREACHABLE: &str = "receiver_unreachable";

/// No address of a receiver accepts a connection. `why` names them.
pub(crate) fn nothing_listens(url: &str, why: impl Display) -> Failure {
    let url = Shown::value(without_query(url));
    Failure::new(Exit::Unreached, UNREACHABLE, why.to_string())
        .hint(format!("start the receiver, or see `siohook doctor {url}`"))
}

/// Scheme, host and port of a URL. What follows may hold a token.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |scheme| scheme + 3);
    let end = url[host..].find(['/', '?', '#']);
    end.map_or(url, |end| &url[..host + end])
}

/// A whole answer.
#[derive(Clone, Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// The bytes of the head. HTTP/2 has none.
    pub(crate) head: Bytes,
    /// The first 64 KiB, unless the receiver keeps whole answers.
    pub(crate) body: Bytes,
    /// Whether the body is longer than what is kept.
    pub(crate) is_truncated: bool,
    pub(crate) took: Duration,
}

impl Answered {
    /// The part of the body that is logged.
    pub(crate) fn beginning(&self) -> &[u8] {
        &self.body[..self.body.len().min(LOGGED)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_no_token() {
        for (url, found) in [
            (
                "http://127.0.0.1:3000/systeme?token=a",
                "http://127.0.0.1:3000",
            ),
            (
                "https://shop.example.com?token=a",
                "https://shop.example.com",
            ),
            ("http://[::1]:3000", "http://[::1]:3000"),
        ] {
            assert_eq!(origin(url), found);
        }
    }
}
