use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use siohook_events::{EventName, Mechanism, Timestamp, nearest};

use super::edit::written;
use super::fixtures::{FIXTURES, Fixture};
use super::json::Json;

/// A delivery as systeme.io would send it: the body of an event and what comes
/// with it, to be changed, signed and sent as often as a test needs.
///
/// ```
/// use siohook::testing::Sample;
///
/// let sale = Sample::of("SALE_NEW")
///     .set("/customer/email", "ada@example.com")
///     .set("/pricePlan/amount", 9900);
/// assert!(sale.body().starts_with(br#"{"customer":{"id":12799412,"#));
/// ```
///
/// What is not changed stays byte for byte as it was; what is changed is written
/// as PHP's `json_encode` writes it. Changes that don't fit panic, at the line
/// where they were asked for.
///
/// Each new sample of an account webhook has a message id of its own, so two of
/// them are two deliveries; a clone is the same delivery again. An automation has
/// no id: two with the same body **are** the same delivery, so change something in
/// one of them, or take [`again`](Self::again).
#[derive(Clone)]
#[must_use]
pub struct Sample {
    pub(super) event: EventName,
    pub(super) mechanism: Mechanism,
    pub(super) body: Bytes,
    /// What the signature is made of, where that is not the body.
    pub(super) signed: Option<Bytes>,
    pub(super) trust: Credential,
    pub(super) identity: Identity,
    pub(super) peer: IpAddr,
    /// Headers that were given, or taken away, by the test.
    pub(super) headers: Vec<(String, Option<String>)>,
}

/// What a sample is to be trusted by.
#[derive(Clone)]
pub(super) enum Credential {
    /// What every dispatcher for tests trusts.
    Usual,
    Secret(String),
    Token(String),
    Nothing,
}

/// What tells deliveries and attempts of account webhooks apart.
#[derive(Clone)]
pub(super) struct Identity {
    /// Of this sample, in this process.
    pub(super) number: u64,
    pub(super) message_id: Option<String>,
    pub(super) attempt: u32,
    pub(super) occurred_at: Option<Timestamp>,
}

impl Identity {
    fn fresh() -> Self {
        static NUMBERS: AtomicU64 = AtomicU64::new(1);
        Self {
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
            message_id: None,
            attempt: 1,
            occurred_at: None,
        }
    }

    /// A UUID of version 7, by its looks.
    pub(super) fn message_id(&self) -> String {
        let own = || format!("01a0e6f0-4c11-7d20-8000-{:012x}", self.number);
        self.message_id.clone().unwrap_or_else(own)
    }
}

impl Sample {
    /// An event of the catalogue. Of those that systeme.io sends in several
    /// forms, this is the usual one: see [`form`](Self::form).
    ///
    /// # Panics
    ///
    /// The catalogue has no such event. [`automation`](Self::automation) and
    /// [`account`](Self::account) make samples of others.
    #[track_caller]
    pub fn of(event: &str) -> Self {
        let Some(usual) = forms(event).next() else {
            let near =
                nearest(event).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            panic!(
                "the catalogue has no event `{event}`{near} (of a name that it does not have: \
                 `Sample::automation(name, data)`, `Sample::account(name, body)`)"
            );
        };
        Self::read(usual)
    }

    /// A form of an event of the catalogue:
    ///
    /// | event | forms |
    /// |---|---|
    /// | `contact.optin.completed` | `funnel_step`, which is the usual one, and `page_model`, of a blog page |
    /// | `CONTACT_TAG_REMOVED` | `nested`, with `contact.contact` |
    ///
    /// # Panics
    ///
    /// There is none of this name.
    #[track_caller]
    pub fn form(event: &str, form: &str) -> Self {
        let Some(found) = forms(event).find(|fixture| fixture.form() == form) else {
            let forms: Vec<_> = forms(event).map(Fixture::form).collect();
            panic!("`{event}` has no form `{form}`; it has {forms:?}");
        };
        Self::read(found)
    }

    /// All of the catalogue, in its order, each event in all its forms: what a
    /// handler of everything should be able to take.
    #[must_use]
    pub fn all() -> Vec<Self> {
        FIXTURES.iter().map(Self::read).collect()
    }

    fn read(fixture: &'static Fixture) -> Self {
        let body = Bytes::from_static(fixture.body.as_bytes());
        Self::new(fixture.event(), fixture.mechanism(), body)
    }

    fn new(event: &str, mechanism: Mechanism, body: Bytes) -> Self {
        Self {
            event: EventName::new(event),
            mechanism,
            body,
            signed: None,
            trust: Credential::Usual,
            identity: Identity::fresh(),
            // One of the addresses that systeme.io sends from.
            peer: Ipv4Addr::new(185, 236, 142, 1).into(),
            headers: vec![],
        }
    }

    /// An automation of any name, listed or not, with `data` of your own.
    ///
    /// ```
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
    /// `data` can't be written as JSON, or is a text that is JSON already.
    #[track_caller]
    pub fn automation(event: &str, data: impl Serialize) -> Self {
        let account = Json::Object(vec![("email".to_owned(), written("owner@example.com"))]);
        let envelope = Json::Object(vec![
            ("type".to_owned(), written(event)),
            ("data".to_owned(), written_payload(&data)),
            ("account".to_owned(), account),
            (
                "created_at".to_owned(),
                written("2026-09-28T07:41:13+00:00"),
            ),
        ]);
        Self::new(event, Mechanism::Automation, envelope.to_body().into())
    }

    /// An account webhook of any name, listed or not, with a body of your own.
    ///
    /// # Panics
    ///
    /// The body can't be written as JSON, or is a text that is JSON already.
    #[track_caller]
    pub fn account(event: &str, body: impl Serialize) -> Self {
        let body = written_payload(&body).to_body();
        Self::new(event, Mechanism::Account, body.into())
    }

    /// Another event of the same kind about the same, a second later: another
    /// delivery, and not another [attempt](Self::attempt).
    ///
    /// # Panics
    ///
    /// It is an automation whose body was changed so that it has no time.
    #[track_caller]
    pub fn again(&self) -> Self {
        let later = self
            .occurred_at()
            .and_then(|at| at.checked_add(Duration::from_secs(1)));
        let Some(later) = later else {
            panic!("{self} has no time that another could be later than");
        };
        let mut again = self.clone();
        again.identity = Identity::fresh();
        again.at(&later.to_string())
    }

    /// Another attempt at the same delivery, the first being 1: the same message
    /// id, and the headers that systeme.io gives to each attempt.
    ///
    /// Automations have no such headers, so all their attempts are alike.
    pub fn attempt(&self, number: u32) -> Self {
        let mut attempt = self.clone();
        attempt.identity.attempt = number;
        attempt
    }

    /// The event. Replaying a body under the name of another event is
    /// [`claiming`](Self::claiming).
    #[must_use]
    pub fn event(&self) -> &EventName {
        &self.event
    }

    /// The way in which it is sent.
    #[must_use]
    pub fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    /// The message id. Automations have none.
    #[must_use]
    pub fn message_id(&self) -> Option<String> {
        (self.mechanism == Mechanism::Account).then(|| self.identity.message_id())
    }
}

/// A payload is never a text, so this is JSON that would be written twice.
#[track_caller]
fn written_payload(value: &impl Serialize) -> Json {
    let json = written(value);
    if let Some(text) = json.as_text()
        && Json::parse(text.as_bytes()).is_some()
    {
        panic!(
            "the payload is a text that is JSON already: give a value that can be serialised, such \
             as `serde_json::json!(…)`, or the whole body with `.with_body(…)`"
        );
    }
    json
}

fn forms(event: &str) -> impl Iterator<Item = &'static Fixture> {
    FIXTURES
        .iter()
        .filter(move |fixture| fixture.event() == event)
}

impl AsRef<Self> for Sample {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// The event, and what tells the delivery from others.
impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.event.as_str().escape_debug().fmt(f)?;
        match self.message_id() {
            Some(id) => write!(f, " {id}, attempt {}", self.identity.attempt),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sample({self})")
    }
}
