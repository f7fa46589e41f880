//! A sample as a request: how it is trusted, and what is sent.

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use siohook_events::{Mechanism, Timestamp};

use super::fixtures::ACCOUNT_HEADERS;
use super::json::Json;
use super::sample::{Credential, Sample};
use super::{SECRET, TOKEN, sign};
use crate::{Delivery, Dispatcher, Incoming};

const EVENT_TIMESTAMP: &str = "x-webhook-event-timestamp";

impl Sample {
    /// Signs with this secret instead of [`SECRET`](super::SECRET).
    ///
    /// # Panics
    ///
    /// It is an automation: those are not signed.
    #[track_caller]
    pub fn signed_with(mut self, secret: &str) -> Self {
        assert!(
            self.mechanism == Mechanism::Account,
            "{} is an automation, which is not signed: give `.token(…)`",
            self.event
        );
        self.trust = Credential::Secret(secret.to_owned());
        self
    }

    /// Gives this token instead of [`TOKEN`](super::TOKEN).
    ///
    /// # Panics
    ///
    /// It is an account webhook: what vouches for those is the signature.
    #[track_caller]
    pub fn token(mut self, token: &str) -> Self {
        assert!(
            self.mechanism == Mechanism::Automation,
            "{} is an account webhook, which is signed: give `.signed_with(…)`",
            self.event
        );
        self.trust = Credential::Token(token.to_owned());
        self
    }

    /// Sends it with neither signature nor token.
    pub fn unsigned(mut self) -> Self {
        self.trust = Credential::Nothing;
        self
    }

    /// The address that it comes from. It is one of systeme.io's otherwise.
    pub fn peer(mut self, address: impl Into<IpAddr>) -> Self {
        self.peer = address.into();
        self
    }

    /// Sends this header, in place of one of that name.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), Some(value.to_owned())));
        self
    }

    /// Leaves a header out.
    pub fn without_header(mut self, name: &str) -> Self {
        self.headers.push((name.to_owned(), None));
        self
    }

    /// The body that is sent.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The headers that are sent, for a client of your choice.
    #[must_use]
    pub fn headers(&self) -> Vec<(String, String)> {
        let mut headers = match self.mechanism {
            Mechanism::Account => self.account_headers(),
            Mechanism::Automation => [
                ("content-type", "application/json"),
                ("user-agent", "Symfony"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        };
        for (name, value) in &self.headers {
            headers.retain(|(own, _)| !own.eq_ignore_ascii_case(name));
            headers.extend(value.clone().map(|value| (name.clone(), value)));
        }
        headers
    }

    fn account_headers(&self) -> Vec<(String, String)> {
        let mut headers = captured();
        let attempt = self.identity.attempt;
        let values = [
            ("x-webhook-event", Some(self.event.to_string())),
            (
                "x-webhook-schema-version",
                Some(self.schema_version().to_owned()),
            ),
            ("x-webhook-message-id", Some(self.identity.message_id())),
            (EVENT_TIMESTAMP, Some(occurred_at(self).to_string())),
            (
                "x-webhook-delivery-attempt-id",
                Some(format!(
                    "01a0e6f0-4f02-7a11-{:04x}-{:012x}",
                    0x8000 | attempt & 0x3fff,
                    self.identity.number
                )),
            ),
            (
                "x-webhook-delivery-attempt-timestamp",
                Some(attempted_at(self).to_string()),
            ),
            ("x-webhook-signature", self.signature()),
        ];
        for (name, value) in values {
            match (headers.iter().position(|(own, _)| own == name), value) {
                (Some(at), Some(value)) => headers[at].1 = value,
                (Some(at), None) => drop(headers.remove(at)),
                (None, _) => {}
            }
        }
        headers
    }

    fn signature(&self) -> Option<String> {
        let secret = match &self.trust {
            Credential::Usual => SECRET,
            Credential::Secret(secret) => secret,
            Credential::Token(_) | Credential::Nothing => return None,
        };
        Some(sign(secret, self.signed.as_ref().unwrap_or(&self.body)))
    }

    /// Contacts are of version 1, sales of version 2.
    fn schema_version(&self) -> &'static str {
        let listed = self.event.event();
        let is_sale = listed.is_some_and(|event| event.members().contains(&"customer"));
        if is_sale { "2" } else { "1" }
    }

    /// The query of the URL that is called: empty, or `token=…`.
    #[must_use]
    pub fn query(&self) -> String {
        let token = match (&self.trust, self.mechanism) {
            (Credential::Token(token), _) => token,
            (Credential::Usual, Mechanism::Automation) => TOKEN,
            (Credential::Usual | Credential::Secret(_) | Credential::Nothing, _) => {
                return String::new();
            }
        };
        let encoded = token.bytes().map(|byte| match byte {
            b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        });
        format!("token={}", encoded.collect::<String>())
    }

    /// The request, for a dispatcher of your own. If it does not trust
    /// [`SECRET`](super::SECRET) and [`TOKEN`](super::TOKEN), say what it
    /// trusts with [`signed_with`](Self::signed_with) and [`token`](Self::token).
    #[must_use]
    pub fn incoming(&self) -> Incoming {
        Incoming::post(self.body.clone())
            .query(self.query())
            .peer(self.peer)
            .headers(self.headers())
    }

    /// The request, for a service or a client that speaks `http`: a router can be
    /// tried without a socket.
    ///
    /// ```
    /// use siohook::testing::Sample;
    ///
    /// let request = Sample::of("contact.tag.added").request("/systeme");
    /// assert_eq!(request.method(), "POST");
    /// assert_eq!(request.uri().path(), "/systeme");
    /// assert!(request.uri().query().unwrap().starts_with("token="));
    /// ```
    ///
    /// # Panics
    ///
    /// The URI or a header can't be one.
    #[cfg(feature = "tower")]
    #[must_use]
    #[track_caller]
    pub fn request(&self, uri: &str) -> http::Request<Bytes> {
        let query = self.query();
        let separator = match (query.is_empty(), uri.contains('?')) {
            (true, _) => "",
            (false, false) => "?",
            (false, true) => "&",
        };
        let request = http::Request::post(format!("{uri}{separator}{query}"));
        let mut headers = self.headers().into_iter();
        let request = headers.try_fold(request, |request, (name, value)| {
            Ok::<_, http::Error>(request.header(name, value))
        });
        match request.and_then(|request| request.body(self.body.clone())) {
            Ok(request) => request,
            Err(error) => panic!("{self} can't be a request to {uri:?}: {error}"),
        }
    }

    /// What a handler takes as [`Delivery`], to call it directly.
    ///
    /// # Panics
    ///
    /// The sample is not accepted by a dispatcher that trusts
    /// [`SECRET`](super::SECRET) and [`TOKEN`](super::TOKEN).
    #[must_use]
    #[track_caller]
    pub fn delivery(&self) -> Delivery {
        let builder = super::trusting(Dispatcher::builder());
        let dispatcher = builder.select(|_| false).allow_no_handlers().build();
        let dispatcher = dispatcher.expect("it has no handlers whose needs could be unmet");
        match dispatcher.verify(self.incoming()) {
            Ok(delivery) => delivery,
            Err(rejection) => panic!("{self} is refused: {}: {rejection}", rejection.code()),
        }
    }
}

/// The headers of one delivery, as they were captured.
fn captured() -> Vec<(String, String)> {
    let Some(Json::Object(headers)) = Json::parse(ACCOUNT_HEADERS.as_bytes()) else {
        return vec![];
    };
    let text = |(name, value): (String, Json)| Some((name, value.as_text()?));
    headers.into_iter().filter_map(text).collect()
}

/// When the event of an account webhook happened.
pub(super) fn occurred_at(sample: &Sample) -> Timestamp {
    let captured = || {
        captured()
            .into_iter()
            .find(|(name, _)| name == EVENT_TIMESTAMP)
    };
    sample
        .identity
        .occurred_at
        .or_else(|| captured()?.1.parse().ok())
        .expect("the headers of the fixture have a time")
}

/// A second after the event, and then again after 4, 16, 64 seconds and so on up
/// to a day: roughly what is said of systeme.io.
fn attempted_at(sample: &Sample) -> Timestamp {
    let gaps = (1..sample.identity.attempt).map(|gap| 4_u64.saturating_pow(gap).min(86_400));
    let delay = Duration::from_secs(gaps.fold(1, u64::saturating_add));
    let occurred_at = occurred_at(sample);
    occurred_at.checked_add(delay).unwrap_or(occurred_at)
}
