//! The headers of a sample, in the order in which systeme.io sends them.

use siohook_events::Mechanism;
use siohook_events::headers::{
    ATTEMPT_ID, ATTEMPT_TIMESTAMP, BAGGAGE, EVENT, EVENT_TIMESTAMP, MESSAGE_ID, SCHEMA_VERSION,
    SENTRY_TRACE, SIGNATURE, SUBSCRIPTION_ID,
};

use super::Sample;
use crate::fixtures::captured;

/// A header's name in its place. The value is `None` if the header is not sent.
pub(super) type Place = (String, Option<String>);

/// # Headers
impl Sample {
    /// Sets a header and replaces one of that name. A header that systeme.io does not send
    /// comes last.
    ///
    /// The value is sent as UTF-8.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// use siohook::testing::Sample;
    ///
    /// let traced = Sample::of("SALE_NEW").header("sentry-trace", "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331");
    /// assert_eq!(traced.headers()[1].0, "sentry-trace");
    /// ```
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), Some(value.to_owned())));
        self
    }

    /// Leaves a header out.
    ///
    /// ```
    /// use siohook_sender::{Sample, headers};
    ///
    /// let nameless = Sample::of("SALE_NEW").without_header(headers::EVENT);
    /// assert!(nameless.headers().iter().all(|(name, _)| name != headers::EVENT));
    /// ```
    pub fn without_header(mut self, name: &str) -> Self {
        self.headers.push((name.to_owned(), None));
        self
    }

    /// Returns names and values of the headers in the order of the wire, without
    /// `content-length` and `host`. HTTP clients set these two, and a
    /// [`Request`](crate::Request) has them.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let headers = siohook::testing::Sample::of("contact.tag.added").headers();
    /// assert_eq!(headers[0], ("content-type".to_owned(), "application/json".to_owned()));
    /// ```
    #[must_use]
    pub fn headers(&self) -> Vec<(String, String)> {
        let mut headers = self.own_headers();
        headers.retain(|(name, _)| !["content-length", "host"].iter().any(|own| is(name, own)));
        self.with_given_headers(headers)
    }

    /// All headers of a request to this host.
    pub(crate) fn headers_to(&self, host: &str) -> Vec<(String, String)> {
        let mut headers = self.own_headers();
        let mut put = |at: usize, name: &str, value: String| match headers
            .iter_mut()
            .find(|(own, _)| is(own, name))
        {
            Some(place) => place.1 = Some(value),
            None => headers.insert(at.min(headers.len()), (name.to_owned(), Some(value))),
        };
        put(0, "content-length", self.body.len().to_string());
        put(usize::MAX, "host", host.to_owned());
        self.with_given_headers(headers)
    }

    fn with_given_headers(&self, mut headers: Vec<Place>) -> Vec<(String, String)> {
        for given in &self.headers {
            let place = headers.iter().position(|(own, _)| is(own, &given.0));
            headers.retain(|(own, _)| !is(own, &given.0));
            headers.insert(place.unwrap_or(headers.len()), given.clone());
        }
        let headers = headers.into_iter();
        headers
            .filter_map(|(name, value)| Some((name, value?)))
            .collect()
    }

    /// The headers in their places. Captured ones include `content-length` and `host`.
    fn own_headers(&self) -> Vec<Place> {
        match &self.captured {
            Some(captured) => captured.headers(self),
            None => self.usual_headers(),
        }
    }

    /// The headers of a sample that was not captured.
    pub(super) fn usual_headers(&self) -> Vec<Place> {
        let text = |text: &str| Some(text.to_owned());
        let headers = match self.mechanism {
            Mechanism::Automation => vec![
                ("content-type", text("application/json")),
                ("accept-charset", text("ISO-8859-1,utf-8;q=0.7,*;q=0.7")),
                ("accept-language", text("en-us,en;q=0.5")),
                ("accept", text("application/json")),
                ("user-agent", text("Symfony")),
            ],
            _ => vec![
                ("accept-encoding", text("gzip")),
                (SENTRY_TRACE, None),
                (BAGGAGE, None),
                (SCHEMA_VERSION, text(self.schema_version())),
                (SIGNATURE, self.signature()),
                (
                    ATTEMPT_TIMESTAMP,
                    Some(self.message.attempted_at().to_string()),
                ),
                (ATTEMPT_ID, Some(self.message.attempt_id().to_string())),
                (EVENT_TIMESTAMP, Some(self.message.occurred_at.to_string())),
                (EVENT, text(self.event.as_str())),
                (SUBSCRIPTION_ID, text(captured(SUBSCRIPTION_ID))),
                (MESSAGE_ID, text(&self.message.id)),
                ("user-agent", text("SystemeIO-Webhook")),
                ("accept", text("application/json")),
                ("content-type", text("application/json")),
            ],
        };
        let headers = headers.into_iter();
        headers
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// The schema version: 1 for contacts, and 2 for sales.
    fn schema_version(&self) -> &'static str {
        let listed = self.event.event();
        let is_sale = listed.is_some_and(|event| event.members().contains(&"customer"));
        if is_sale { "2" } else { "1" }
    }
}

fn is(name: &str, other: &str) -> bool {
    name.eq_ignore_ascii_case(other)
}
