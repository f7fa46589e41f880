//! From an operation to its answer.

mod base;
mod builder;
mod exchange;
mod tls;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep, timeout};

use crate::error::{BuildError, Error, ErrorKind, refusal};
use crate::key::Key;
use base::Base;
pub use builder::Builder;
pub use exchange::Exchange;
use exchange::Observer;

/// The longest answer. A page of 100 contacts with long fields has a tenth of it.
const LONGEST: usize = 16 * 1024 * 1024;

/// The wait if a 429 does not say how long, and the shortest one.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);

const JSON: &str = "application/json";
/// What the API takes for `PATCH`.
const MERGE_PATCH: &str = "application/merge-patch+json";

/// A client of the public API. Clones share its connections.
///
/// An operation that is refused for the rate limit is tried again after the time that the API
/// names: see [`Builder::max_wait`]. Nothing else is tried again. Redirects are not followed.
///
/// It needs a runtime of Tokio with time and IO.
///
/// ```no_run
/// use siohook_api::Client;
///
/// # async fn f() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::new(std::env::var("SYSTEME_API_KEY")?)?;
/// for webhook in client.webhooks().await? {
///     println!("{} sends to {}", webhook.name, webhook.url);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    base: Base,
    key: Key,
    http: legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    timeout: Duration,
    max_wait: Duration,
    observer: Option<Observer>,
}

/// What is sent.
struct Call {
    method: Method,
    path: String,
    /// With `?` before it, or empty.
    query: String,
    media_type: &'static str,
    body: Bytes,
}

impl Call {
    fn new(method: Method, path: &str) -> Self {
        Self {
            method,
            path: path.to_owned(),
            query: String::new(),
            media_type: JSON,
            body: Bytes::new(),
        }
    }

    fn body(mut self, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("texts, numbers and lists are JSON");
        self.body = body.into();
        self
    }

    /// Names the operation in errors. The query is left out: it may hold the address of a person.
    fn operation(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

impl Client {
    /// Makes a client of `https://api.systeme.io/api` with the default settings.
    ///
    /// # Errors
    ///
    /// If no header can hold the key, or the system's certificates can't be read.
    pub fn new(api_key: impl Into<String>) -> Result<Self, BuildError> {
        Self::builder(api_key).build()
    }

    /// Returns a builder with all settings at their defaults.
    pub fn builder(api_key: impl Into<String>) -> Builder {
        Builder::new(api_key.into())
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        self.read(Call::new(Method::GET, path)).await
    }

    /// Gets with the parameters of a query.
    pub(crate) async fn get_with<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<T, Error> {
        let mut call = Call::new(Method::GET, path);
        call.query = form_urlencoded::Serializer::for_suffix("?".to_owned(), 1)
            .extend_pairs(query)
            .finish();
        self.read(call).await
    }

    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Error> {
        self.read(Call::new(Method::POST, path).body(body)).await
    }

    /// Posts for an answer that says nothing.
    pub(crate) async fn send(&self, path: &str, body: &impl Serialize) -> Result<(), Error> {
        let call = Call::new(Method::POST, path).body(body);
        self.call(&call).await.map(|_| ())
    }

    pub(crate) async fn put<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Error> {
        self.read(Call::new(Method::PUT, path).body(body)).await
    }

    pub(crate) async fn patch<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Error> {
        let mut call = Call::new(Method::PATCH, path).body(body);
        call.media_type = MERGE_PATCH;
        self.read(call).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Result<(), Error> {
        self.call(&Call::new(Method::DELETE, path))
            .await
            .map(|_| ())
    }

    async fn read<T: DeserializeOwned>(&self, call: Call) -> Result<T, Error> {
        let body = self.call(&call).await?;
        serde_json::from_slice(&body).map_err(|error| {
            // serde's text may have a value.
            let why = self.inner.key.shown(error);
            let detail = format!("the answer is not one of the API: {why}");
            Error::new(ErrorKind::Unexpected, &call.operation(), detail)
        })
    }

    /// Calls until the rate limit lets it through or the wait is too long.
    async fn call(&self, call: &Call) -> Result<Bytes, Error> {
        let mut waited = Duration::ZERO;
        loop {
            let (status, headers, body) = self.observed(call).await?;
            if status.is_success() {
                return Ok(body);
            }
            let key = &self.inner.key;
            let error = refusal(&call.operation(), status, &headers, &body, key);
            if error.kind() != ErrorKind::RateLimited {
                return Err(error);
            }
            let wait = error.retry_after().unwrap_or_default().max(SHORTEST_WAIT);
            waited = waited.saturating_add(wait);
            if waited > self.inner.max_wait {
                return Err(error);
            }
            sleep(wait).await;
        }
    }

    /// Sends a request once, and tells the observer.
    async fn observed(&self, call: &Call) -> Result<(StatusCode, HeaderMap, Bytes), Error> {
        let started = Instant::now();
        let result = self.exchange(call).await;
        if let Some(observer) = &self.inner.observer {
            observer(&Exchange {
                method: call.method.clone(),
                path: call.path.clone(),
                status: result.as_ref().ok().map(|(status, ..)| *status),
                elapsed: started.elapsed(),
            });
        }
        result
    }

    /// Sends a request once, and reads the whole answer.
    async fn exchange(&self, call: &Call) -> Result<(StatusCode, HeaderMap, Bytes), Error> {
        let inner = &*self.inner;
        let failure = |kind, detail| Error::new(kind, &call.operation(), detail);
        let mut request = Request::builder()
            .method(&call.method)
            .uri(format!("{}{}{}", inner.base, call.path, call.query))
            .header("x-api-key", inner.key.header())
            .header(header::ACCEPT, JSON)
            .header(
                header::USER_AGENT,
                concat!("siohook-api/", env!("CARGO_PKG_VERSION")),
            );
        if !call.body.is_empty() {
            request = request.header(header::CONTENT_TYPE, call.media_type);
        }
        let request = request.body(Full::new(call.body.clone()));
        let request = request.map_err(|error| failure(ErrorKind::Refused, error.to_string()))?;
        let unreached = |error: &(dyn std::error::Error + 'static)| {
            let why = inner.key.shown(Chain(error));
            failure(
                ErrorKind::Unreached,
                format!("no answer of {}: {why}", inner.base),
            )
        };
        let exchange = async {
            let answer = inner.http.request(request).await;
            let (head, body) = answer.map_err(|error| unreached(&error))?.into_parts();
            let body = Limited::new(body, LONGEST).collect().await;
            let body = body.map_err(|error| {
                if error.is::<LengthLimitError>() {
                    let detail = format!("the answer has more than {LONGEST} bytes");
                    return failure(ErrorKind::Unexpected, detail);
                }
                unreached(&*error)
            })?;
            Ok((head.status, head.headers, body.to_bytes()))
        };
        timeout(inner.timeout, exchange).await.unwrap_or_else(|_| {
            let detail = format!("no answer of {} within {:?}", inner.base, inner.timeout);
            Err(failure(ErrorKind::Timeout, detail))
        })
    }
}

/// An error and its sources.
struct Chain<'a>(&'a (dyn std::error::Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("url", &self.inner.base.to_string())
            .field("api_key", &self.inner.key)
            .finish_non_exhaustive()
    }
}

/// Writes an id or a slug as a part of a path.
pub(crate) fn segment(text: &str) -> impl fmt::Display {
    const OTHER: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');
    utf8_percent_encode(text, OTHER)
}
