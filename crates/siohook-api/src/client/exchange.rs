use std::fmt;
use std::time::Duration;

use http::{Method, StatusCode};

/// What [`Builder::on_exchange`](super::Builder::on_exchange) is called with.
pub(super) type Observer = Box<dyn Fn(&Exchange) + Send + Sync>;

/// A request and what came back, for a log. It has no key, no query and no body.
///
/// `Display` writes `GET /webhooks 200 12 ms`.
///
/// ```
/// use siohook_api::Exchange;
///
/// fn is_slow(exchange: &Exchange) -> bool {
///     exchange.elapsed().as_secs() >= 1
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Exchange {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) status: Option<StatusCode>,
    pub(super) elapsed: Duration,
}

impl Exchange {
    /// Returns the method: `GET`.
    #[must_use]
    pub fn method(&self) -> &str {
        self.method.as_str()
    }

    /// Returns the path below the URL of the API, without the query: `/webhooks/7`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the status of the answer. `None` if there was no whole answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.status.map(|status| status.as_u16())
    }

    /// Returns the time from the request to the end of the answer.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ", self.method, self.path)?;
        match self.status() {
            Some(status) => write!(f, "{status}")?,
            None => f.write_str("no answer")?,
        }
        write!(f, " {} ms", self.elapsed.as_millis())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_is_a_line() {
        let mut exchange = Exchange {
            method: Method::GET,
            path: "/webhooks".to_owned(),
            status: Some(StatusCode::OK),
            elapsed: Duration::from_micros(12_900),
        };
        assert_eq!(exchange.to_string(), "GET /webhooks 200 12 ms");
        exchange.status = None;
        assert_eq!(exchange.to_string(), "GET /webhooks no answer 12 ms");
    }
}
