//! Samples of listed and of unlisted events.

use std::net::Ipv4Addr;

use bytes::Bytes;
use serde::Serialize;
use siohook_events::{EventName, Mechanism, nearest};

use super::Sample;
use super::edit::written;
use super::trust::Credential;
use crate::error::{SampleError, or_panic};
use crate::fixtures::{FIXTURES, Fixture};
use crate::json::Json;
use crate::message::Message;

/// # Making a sample
impl Sample {
    /// Makes a sample of a listed event, in its usual [variant](Self::variant).
    ///
    /// ```
    /// use siohook_sender::{Mechanism, Sample};
    ///
    /// assert_eq!(Sample::of("SALE_NEW").mechanism(), Mechanism::Account);
    /// ```
    ///
    /// # Panics
    ///
    /// If the catalogue does not list the event. [`automation`](Self::automation) and
    /// [`account`](Self::account) make samples of unlisted events.
    #[track_caller]
    pub fn of(event: &str) -> Self {
        or_panic(Self::try_of(event))
    }

    /// Makes a sample of a listed event. It is [`of`](Self::of) without panics.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let error = siohook::testing::Sample::try_of("NEW_SALE").unwrap_err();
    /// assert!(error.to_string().contains("did you mean `SALE_NEW`?"));
    /// ```
    ///
    /// # Errors
    ///
    /// If the catalogue does not list the event.
    pub fn try_of(event: &str) -> Result<Self, SampleError> {
        let usual = variants(event).next().map(Self::read);
        usual.ok_or_else(|| {
            let near = nearest(event);
            let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            SampleError::new(format!(
                "the catalogue has no event `{event}`{near} (for a name that is not listed: \
                 `Sample::automation(name, data)`, `Sample::account(name, body)`)"
            ))
        })
    }

    /// Makes a sample of one variant of an event:
    ///
    /// | event | variants |
    /// |---|---|
    /// | `contact.optin.completed` | `funnel_step`, which is the usual one, and `page_model`, for a blog page |
    /// | `CONTACT_TAG_REMOVED` | `nested`, with `contact.contact` |
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// use siohook::testing::Sample;
    ///
    /// let nested = Sample::variant("CONTACT_TAG_REMOVED", "nested");
    /// assert!(nested.body().starts_with(br#"{"contact":{"contact":{"#));
    /// ```
    ///
    /// # Panics
    ///
    /// If the event has no such variant.
    #[track_caller]
    pub fn variant(event: &str, variant: &str) -> Self {
        or_panic(Self::try_variant(event, variant))
    }

    /// Makes a sample of one variant of an event. It is [`variant`](Self::variant) without
    /// panics.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let error = siohook::testing::Sample::try_variant("CONTACT_TAG_REMOVED", "flat").unwrap_err();
    /// assert_eq!(error.to_string(), "`CONTACT_TAG_REMOVED` has no variant `flat`; it has `nested`");
    /// ```
    ///
    /// # Errors
    ///
    /// If the event has no such variant.
    pub fn try_variant(event: &str, variant: &str) -> Result<Self, SampleError> {
        if let Some(found) = variants(event).find(|fixture| fixture.variant() == variant) {
            return Ok(Self::read(found));
        }
        drop(Self::try_of(event)?);
        let names = variants(event).map(Fixture::variant);
        let names = names.filter(|name| !name.is_empty());
        let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
        let names = match &*names {
            [] => "none".to_owned(),
            names => names.join(", "),
        };
        Err(SampleError::new(format!(
            "`{event}` has no variant `{variant}`; it has {names}"
        )))
    }

    /// Makes a sample of each variant of each event, in the order of the catalogue.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// for sample in siohook::testing::Sample::all() {
    ///     println!("{}: {} bytes", sample.event(), sample.body().len());
    /// }
    /// ```
    #[must_use]
    pub fn all() -> Vec<Self> {
        FIXTURES.iter().map(Self::read).collect()
    }

    /// Makes an automation with this `data` of any event, listed or not.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// use siohook::testing::Sample;
    ///
    /// #[derive(serde::Serialize)]
    /// struct Completed {
    ///     course: &'static str,
    /// }
    ///
    /// let sample = Sample::automation("contact.course.completed", Completed { course: "Rust" });
    /// assert!(sample.body().starts_with(br#"{"type":"contact.course.completed","data":{"course":"Rust"},"#));
    /// ```
    ///
    /// # Panics
    ///
    /// If `data` can't be written as JSON, or is a string that holds JSON.
    #[track_caller]
    pub fn automation(event: &str, data: impl Serialize) -> Self {
        const ENVELOPE: &[u8] = br#"{"type":"","data":[],"account":{"email":"owner@example.com"},"created_at":"2026-09-28T07:41:13+00:00"}"#;
        let data = or_panic(written_payload(&data));
        Self::new(event, Mechanism::Automation, Bytes::from_static(ENVELOPE))
            .with_event_header(event)
            .set("", data)
    }

    /// Makes an account webhook with this body of any event, listed or not.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// use siohook::testing::Sample;
    ///
    /// let sample = Sample::account("COURSE_COMPLETED", serde_json::json!({"course": "Rust"}));
    /// assert_eq!(*sample.body(), br#"{"course":"Rust"}"#[..]);
    /// ```
    ///
    /// # Panics
    ///
    /// If the body can't be written as JSON, or is a string that holds JSON.
    #[track_caller]
    pub fn account(event: &str, body: impl Serialize) -> Self {
        let body = or_panic(written_payload(&body));
        Self::new(event, Mechanism::Account, body.to_body().into())
    }

    fn read(fixture: &'static Fixture) -> Self {
        let event = EventName::new(fixture.event);
        let listed = event.event().expect("fixtures come from the catalogue");
        let body = Bytes::from_static(fixture.body.as_bytes());
        Self::new(fixture.event, listed.mechanism(), body)
    }

    pub(super) fn new(event: &str, mechanism: Mechanism, body: Bytes) -> Self {
        Self {
            event: EventName::new(event),
            mechanism,
            body,
            signed: None,
            credential: Credential::Usual,
            message: Message::fresh(),
            // One of the addresses that systeme.io sends from.
            peer: Ipv4Addr::new(185, 236, 142, 1).into(),
            headers: vec![],
            captured: None,
        }
    }
}

fn variants(event: &str) -> impl Iterator<Item = &'static Fixture> {
    FIXTURES
        .iter()
        .filter(move |fixture| fixture.event == event)
}

/// Writes a payload. A payload is never a string, so a string that holds JSON is a mistake: it
/// would be encoded twice.
fn written_payload(value: &impl Serialize) -> Result<Json, SampleError> {
    let json = written(value)?;
    if let Some(text) = json.as_text()
        && Json::parse(text.as_bytes()).is_some()
    {
        return Err(SampleError::new(
            "the payload is a string that holds JSON already: give a value to serialize, such \
             as `serde_json::json!(…)`, or the whole body with `.with_body(…)`",
        ));
    }
    Ok(json)
}
