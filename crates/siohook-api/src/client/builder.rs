use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::base::Base;
use super::exchange::{Exchange, Observer};
use super::{Client, Inner, tls};
use crate::BuildError;
use crate::key::Key;

/// Settings of a [`Client`].
///
/// ```
/// use std::time::Duration;
///
/// use siohook_api::Client;
///
/// let client = Client::builder("key")
///     .url("http://127.0.0.1:7400/api") // a sandbox
///     .timeout(Duration::from_secs(10))
///     .max_wait(Duration::from_secs(120))
///     .build()?;
/// # Ok::<(), siohook_api::BuildError>(())
/// ```
#[must_use]
pub struct Builder {
    api_key: String,
    url: String,
    timeout: Duration,
    max_wait: Duration,
    allows_http: bool,
    trusted: Vec<Vec<u8>>,
    observer: Option<Observer>,
}

impl Builder {
    pub(super) fn new(api_key: String) -> Self {
        Self {
            api_key,
            url: Client::URL.to_owned(),
            timeout: Duration::from_secs(30),
            max_wait: Duration::from_secs(60),
            allows_http: false,
            trusted: vec![],
            observer: None,
        }
    }

    /// Sets where the API is. The default is [`Client::URL`].
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = url.into();
        self
    }

    /// Sets the time for one request and its whole answer. The default is 30 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the most time that an operation waits for the rate limit, all its waits together.
    /// The default is a minute. Zero means that it never waits, but returns
    /// [`RateLimited`](crate::ErrorKind::RateLimited).
    ///
    /// The API answers 429 with the seconds to wait. It does not publish how many requests it
    /// allows; all keys of an account share them.
    pub fn max_wait(mut self, max_wait: Duration) -> Self {
        self.max_wait = max_wait;
        self
    }

    /// Allows to send the key without TLS to other machines. A sandbox on this machine needs
    /// no permission.
    pub fn allow_http(mut self) -> Self {
        self.allows_http = true;
        self
    }

    /// Trusts a certificate in addition to those of the system. It is given in DER.
    pub fn trust(mut self, certificate: impl Into<Vec<u8>>) -> Self {
        self.trusted.push(certificate.into());
        self
    }

    /// Calls this after each request, for a log or for metrics. A request that is tried again is
    /// one more. A later call of this method replaces an earlier one.
    ///
    /// ```
    /// use siohook_api::Client;
    ///
    /// let client = Client::builder("key").on_exchange(|exchange| eprintln!("{exchange}"));
    /// # let _ = client;
    /// ```
    pub fn on_exchange(mut self, observer: impl Fn(&Exchange) + Send + Sync + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// If no header can hold the key, if the URL is not one of HTTP, or if the system's
    /// certificates can't be read.
    pub fn build(self) -> Result<Client, BuildError> {
        let key = Key::new(self.api_key).ok_or_else(|| {
            BuildError::new("the API key is empty, or has characters that no header has")
        })?;
        let base = Base::parse(&self.url)?;
        if !base.is_private() && !self.allows_http {
            let error = format!("{base} would get the API key without TLS: write `https://`");
            return Err(BuildError::new(key.shown(error)));
        }
        let connector = tls::connector(base.is_https(), self.trusted);
        let connector = connector
            .map_err(|error| BuildError::new(format!("no certificates to trust: {error}")))?;
        let http = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .build(connector);
        let inner = Inner {
            base,
            key,
            http,
            timeout: self.timeout,
            max_wait: self.max_wait,
            observer: self.observer,
        };
        Ok(Client {
            inner: Arc::new(inner),
        })
    }
}

impl Client {
    /// The real API.
    pub const URL: &str = "https://api.systeme.io/api";
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("url", &self.url)
            .field("timeout", &self.timeout)
            .field("max_wait", &self.max_wait)
            .finish_non_exhaustive()
    }
}
