//! What requests hold: bodies, parameters, durations.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::Value;
use siohook_sender::nearest;

use super::Fault;
use crate::body::{BodyError, read_body};
use crate::strict;

/// The longest body: 64 MiB, for a whole state.
const LONGEST: usize = 64 << 20;

/// The longest wait, which has to be shorter than those of proxies: 5 minutes.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// The JSON body of a request. A request without a body has an empty object.
pub(super) struct Input<T>(pub(super) T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Input<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &S) -> Result<Self, Fault> {
        let body = read_bytes(request.into_body()).await?;
        let document = parse(&body)?;
        Ok(Self(strict::read(&document)?))
    }
}

pub(super) async fn read_bytes(body: Body) -> Result<bytes::Bytes, Fault> {
    read_body(body, LONGEST).await.map_err(|error| match error {
        BodyError::TooLong => Fault::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the body is longer than 64 MiB",
        ),
        BodyError::TooSlow => Fault::new(StatusCode::REQUEST_TIMEOUT, "the body took too long"),
        BodyError::Broken => Fault::new(StatusCode::BAD_REQUEST, "the body broke off"),
    })
}

pub(super) fn parse(body: &[u8]) -> Result<Value, Fault> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| {
        let error = format!("the body is not JSON: {error}");
        Fault::new(StatusCode::BAD_REQUEST, error)
    })
}

/// Parameters of a URL.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads the parameters, all of which have to be known.
    pub(super) fn read(query: Option<&str>, known: &[&str]) -> Result<Self, Fault> {
        let query = query.unwrap_or_default().as_bytes();
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query).into_owned().collect();
        for (name, _) in &pairs {
            if !known.contains(&&**name) {
                let near = nearest(name, known.iter().copied());
                let error = format!("there is no parameter `{name}`");
                return Err(Fault {
                    did_you_mean: near.map(str::to_owned),
                    ..Fault::invalid(&**name, error)
                });
            }
        }
        Ok(Self(pairs))
    }

    /// The last value of this name. An empty one counts as absent.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let pairs = self.0.iter().rev();
        let mut values = pairs.filter(|(own, value)| own == name && !value.is_empty());
        values.next().map(|(_, value)| &**value)
    }

    /// A number of this range.
    pub(super) fn number<T>(
        &self,
        name: &str,
        range: std::ops::RangeInclusive<T>,
    ) -> Result<Option<T>, Fault>
    where
        T: std::str::FromStr + PartialOrd + std::fmt::Display,
    {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let number = text.parse().ok().filter(|number| range.contains(number));
        let wrong = || {
            let (low, high) = (range.start(), range.end());
            Fault::invalid(
                name,
                format!("`{text}` is not a number from {low} to {high}"),
            )
        };
        number.map(Some).ok_or_else(wrong)
    }

    pub(super) fn wait(&self, name: &str) -> Result<Duration, Fault> {
        self.text(name)
            .map_or(Ok(Duration::ZERO), |text| wait(name, text))
    }
}

/// Reads a time to wait, in real time: `10s`, `500ms`, `2m`.
pub(super) fn wait(at: &str, text: &str) -> Result<Duration, Fault> {
    let span: Result<jiff::SignedDuration, _> = text.parse();
    let duration = span.ok().and_then(|span| Duration::try_from(span).ok());
    let duration = duration.filter(|duration| *duration <= LONGEST_WAIT);
    let wrong = || {
        let error = format!("`{text}` is not a time to wait: write one such as `10s`, up to `5m`");
        Fault::invalid(at, error)
    };
    duration.ok_or_else(wrong)
}
