//! One attempt over the network.

pub(crate) mod answer;
mod connect;
mod http1;
mod http2;
mod tls;

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use siohook_events::Mechanism;
use siohook_sender::Request;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout};

use crate::AllowList;
pub use answer::{Answer, Outcome};
use answer::{Failure, MAX_BODY, Received};
use tls::Tls;

/// Sends requests as systeme.io does, and reads the answers.
///
/// Automations are sent by HTTP/1.1. Account webhooks are sent by HTTP/2 to an `https`
/// receiver that offers it, and else by HTTP/1.1. Redirects are not followed.
///
/// ```
/// use siohook_events::Mechanism;
/// use siohook_sandbox::{AllowList, Client, Outcome};
/// use siohook_sender::Sample;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), siohook_sender::RequestError> {
/// let client = Client::new(AllowList::new());
/// let request = Sample::of("SALE_NEW").request("https://shop.example.com/systeme")?;
/// let answer = client.send(&request, Mechanism::Account).await;
/// assert_eq!(answer.outcome, Outcome::Blocked);
/// assert!(answer.error.unwrap().ends_with("add `--allow shop.example.com`"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Client {
    allowed: AllowList,
    hosts: HashMap<String, Vec<IpAddr>>,
    timeout: Duration,
    kept: usize,
    tls: Tls,
}

impl Client {
    /// The default time-out of an attempt, a choice of the sandbox.
    pub const TIMEOUT: Duration = Duration::from_secs(10);

    /// Makes a client that sends to these hosts only.
    #[must_use]
    pub fn new(allowed: AllowList) -> Self {
        Self {
            allowed,
            hosts: HashMap::new(),
            timeout: Self::TIMEOUT,
            kept: MAX_BODY,
            tls: Tls::default(),
        }
    }

    /// Sets the time-out of an attempt, from the look-up of the name to the end of the answer.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how many bytes of the body of an answer are kept. What follows them is not read.
    ///
    /// ```
    /// use siohook_sandbox::{AllowList, Client};
    ///
    /// let client = Client::new(AllowList::new()).keep_body(1 << 20);
    /// ```
    #[must_use]
    pub fn keep_body(mut self, bytes: usize) -> Self {
        self.kept = bytes;
        self
    }

    /// Sets the addresses of a name, which is then not looked up. They are checked as if the
    /// name had been.
    ///
    /// ```
    /// use siohook_sandbox::{AllowList, Client};
    ///
    /// let client = Client::new(AllowList::new()).host("shop.test", [[127, 0, 0, 1]]);
    /// ```
    #[must_use]
    pub fn host<A: Into<IpAddr>>(
        mut self,
        name: &str,
        addresses: impl IntoIterator<Item = A>,
    ) -> Self {
        let addresses = addresses.into_iter().map(Into::into).collect();
        self.hosts.insert(name.to_ascii_lowercase(), addresses);
        self
    }

    /// Trusts a certificate in addition to those of the system. It is given in DER.
    #[must_use]
    pub fn trust(mut self, certificate: impl Into<Vec<u8>>) -> Self {
        self.tls.trust(certificate.into());
        self
    }

    /// Returns the hosts that it sends to.
    #[must_use]
    pub fn allowed(&self) -> &AllowList {
        &self.allowed
    }

    /// Sends a request once. Whatever the receiver does is an [`Answer`].
    pub async fn send(&self, request: &Request, mechanism: Mechanism) -> Answer {
        let mut received = Received::new(self.kept);
        let start = Instant::now();
        let exchange = self.exchange(request, mechanism, &mut received);
        let ended = timeout(self.timeout, exchange).await;
        self.answer(start, ended, received)
    }

    /// Sends these bytes to the host of a URL by HTTP/1.1, as they are. They are a whole request.
    ///
    /// ```
    /// use siohook_sandbox::{AllowList, Client, Outcome};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let client = Client::new(AllowList::new());
    /// let request = b"POST / HTTP/1.1\r\nHost: example.com\r\n\r\n";
    /// let answer = client.send_bytes("https://shop.example.com", request).await;
    /// assert_eq!(answer.outcome, Outcome::Blocked);
    /// # }
    /// ```
    pub async fn send_bytes(&self, url: &str, request: &[u8]) -> Answer {
        let mut received = Received::new(self.kept);
        let start = Instant::now();
        let exchange = self.exchange_bytes(url, request, &mut received);
        let ended = timeout(self.timeout, exchange).await;
        self.answer(start, ended, received)
    }

    fn answer(
        &self,
        start: Instant,
        ended: Result<Result<(), Failure>, Elapsed>,
        received: Received,
    ) -> Answer {
        let failure = match ended {
            Ok(result) => result.err(),
            Err(_) => Some(Failure::new(
                Outcome::Timeout,
                format!("there was no whole answer within {:?}", self.timeout),
            )),
        };
        let (outcome, error) = match failure {
            Some(failure) => (failure.outcome, Some(failure.error)),
            None => (Outcome::Status, None),
        };
        Answer {
            outcome,
            status: received.status,
            reason: received.reason,
            headers: received.headers,
            head: received.head,
            body: Bytes::from(received.body),
            is_truncated: received.is_truncated,
            error,
            took: start.elapsed(),
        }
    }

    async fn exchange_bytes(
        &self,
        url: &str,
        request: &[u8],
        received: &mut Received,
    ) -> Result<(), Failure> {
        let destination = self.allowed.check(url)?;
        let stream = self.connect(&destination).await?;
        if !destination.is_https() {
            return http1::exchange(stream, request, received).await;
        }
        let stream = self.tls.connect(&destination, stream, false).await?;
        http1::exchange(stream, request, received).await
    }

    async fn exchange(
        &self,
        request: &Request,
        mechanism: Mechanism,
        received: &mut Received,
    ) -> Result<(), Failure> {
        let destination = self.allowed.check(&request.url())?;
        let stream = self.connect(&destination).await?;
        if !destination.is_https() {
            return http1::exchange(stream, &request.to_http1(), received).await;
        }
        let may_be_http2 = mechanism == Mechanism::Account;
        let stream = self.tls.connect(&destination, stream, may_be_http2).await?;
        if tls::is_http2(&stream) {
            http2::exchange(stream, request, received).await
        } else {
            http1::exchange(stream, &request.to_http1(), received).await
        }
    }
}
