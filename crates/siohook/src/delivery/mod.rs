//! A verified delivery, and everything that can be read from it.

pub(crate) mod envelope;
mod key;
mod mismatch;
pub(crate) mod plain_id;
mod read_error;
mod reader;
mod record;
mod salvage;
#[cfg(feature = "tracing")]
mod sender_trace;
mod trust;
mod unread;

pub use self::key::DeliveryKey;
pub(crate) use self::key::Identity;
pub use self::mismatch::Mismatch;
pub use self::record::Record;
pub(crate) use self::record::UnknownVersion;
#[cfg(feature = "tracing")]
pub use self::sender_trace::SenderTrace;
pub use self::trust::Trust;
pub(crate) use self::trust::TrustedBy;
pub use self::unread::Unread;

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use serde::Deserialize;
use siohook_events::{EventName, Mechanism, Shown, Timestamp, unified};

use self::envelope::Envelope;
use self::read_error::ReadError;
use self::reader::Node;
use self::unread::UnreadList;
use crate::request::{Extensions, Header, Headers, query};

/// A verified delivery of an event.
///
/// [`Dispatcher::verify`](crate::Dispatcher::verify) returns one, and handlers take it as
/// `&Delivery` or `Delivery`:
///
/// ```
/// use siohook::{Delivery, on_event};
///
/// #[on_event("*")]
/// async fn audit(delivery: &Delivery) {
///     println!("{} {} {:?}", delivery.event(), delivery.key(), delivery.trust());
/// }
/// ```
///
/// Cloning is cheap, because all clones share one allocation. The methods return whole
/// values. `Debug` shows at most 200 bytes of a value, and neither the body nor the
/// account's e-mail address.
#[derive(Clone)]
pub struct Delivery(Arc<Shared<dyn Any + Send + Sync>>);

/// The allocation that all clones share.
struct Shared<P: ?Sized> {
    parts: Parts,
    /// The envelope of an automation, parsed on first use. Boxed to keep this allocation
    /// small: with the longest payload it would exceed the size classes of allocators.
    envelope: OnceLock<Option<Box<Envelope>>>,
    /// Computed on first use, because it needs a digest of the body.
    key: OnceLock<Box<DeliveryKey>>,
    /// The members of the payload that could not be read. Unset until a caller asks for
    /// them or some are found, so a payload that was read as a whole leaves it unset.
    unread: OnceLock<UnreadList>,
    /// The parsed payload, or `()` if no handler takes it.
    payload: P,
}

pub(crate) struct Parts {
    pub(crate) mechanism: Mechanism,
    pub(crate) event: EventName,
    pub(crate) headers: Headers,
    pub(crate) query: Box<str>,
    pub(crate) extensions: Extensions,
    pub(crate) trusted_by: TrustedBy,
    /// The signature, if it was verified.
    pub(crate) mac: Option<[u8; 32]>,
    /// The SHA-256 of the body that was signed, if a program on the way wrote it again.
    pub(crate) digest_as_signed: Option<Box<[u8; 32]>>,
    pub(crate) body: Bytes,
}

impl Delivery {
    /// Creates a delivery that shares `payload` with all its clones.
    pub(crate) fn new(parts: Parts, payload: impl Any + Send + Sync) -> Self {
        Self::filled(parts, payload, |_, _| ())
    }

    /// Creates a delivery and fills its payload in place, because a payload is too large
    /// to be moved.
    pub(crate) fn filled<P: Any + Send + Sync>(
        parts: Parts,
        payload: P,
        fill: impl FnOnce(&Parts, &mut P),
    ) -> Self {
        let mut shared = Arc::new(Shared {
            parts,
            envelope: OnceLock::new(),
            key: OnceLock::new(),
            unread: OnceLock::new(),
            payload,
        });
        if let Some(Shared { parts, payload, .. }) = Arc::get_mut(&mut shared) {
            fill(parts, payload);
        }
        Self(shared)
    }

    /// The payload, if it has this type.
    pub(crate) fn payload<T: Any>(&self) -> Option<&T> {
        self.0.payload.downcast_ref()
    }

    /// Keeps an envelope that was parsed already.
    pub(crate) fn set_envelope(&self, envelope: Envelope) {
        let _ = self.0.envelope.set(Some(Box::new(envelope)));
    }

    /// Returns the name of the event.
    ///
    /// The name can be compared with a string. [`EventName::is_listed`] says whether the
    /// catalogue has it.
    ///
    /// ```
    /// use siohook::{Delivery, on_event, unified};
    ///
    /// #[on_event("contact.*")]
    /// fn log(contact: unified::Contact, delivery: &Delivery) {
    ///     if delivery.event() == "contact.tag.added" {
    ///         println!("{} has a new tag", contact.email);
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn event(&self) -> &EventName {
        &self.parts().event
    }

    /// Returns how systeme.io sent the delivery: by an automation or an account webhook.
    ///
    /// ```
    /// use siohook::{Delivery, Mechanism};
    ///
    /// fn has_signature(delivery: &Delivery) -> bool {
    ///     delivery.mechanism() == Mechanism::Account
    /// }
    /// ```
    #[must_use]
    pub fn mechanism(&self) -> Mechanism {
        self.parts().mechanism
    }

    /// Returns the message id of an account webhook: a UUID, the same on every attempt.
    /// `None` for automations.
    ///
    /// The id is not signed. An attacker who holds a signed body can send it with another
    /// id, so use the ids in the payload to grant something once.
    ///
    /// ```
    /// use siohook::{Delivery, on_event};
    ///
    /// #[on_event("SALE_NEW")]
    /// fn log(delivery: &Delivery) {
    ///     println!("message {}", delivery.message_id().unwrap_or("without an id"));
    /// }
    /// ```
    #[must_use]
    pub fn message_id(&self) -> Option<&str> {
        match self.mechanism() {
            Mechanism::Account => self.parts().headers.text(Header::MessageId),
            _ => None,
        }
    }

    /// Returns the id of this attempt to deliver an account webhook: a UUID, different on
    /// every attempt. `None` for automations.
    ///
    /// systeme.io does not number its attempts. Like the message id, the attempt id is not
    /// signed. A header is ignored unless it holds 1 to 64 ASCII letters, digits, `-`, `_`,
    /// `.` or `:`.
    ///
    /// ```
    /// use siohook::{Delivery, on_event};
    ///
    /// #[on_event("SALE_NEW")]
    /// fn log(delivery: &Delivery) {
    ///     println!("{:?}, attempt {:?}", delivery.message_id(), delivery.attempt_id());
    /// }
    /// ```
    #[must_use]
    pub fn attempt_id(&self) -> Option<&str> {
        let id = match self.mechanism() {
            Mechanism::Account => self.parts().headers.text(Header::AttemptId),
            _ => None,
        };
        id.filter(|id| plain_id::is_plain(id))
    }

    /// Returns the trace and the span of the sender, from its headers `sentry-trace` and
    /// `baggage`. They are not signed.
    ///
    /// ```
    /// use siohook::{Delivery, on_event};
    ///
    /// #[on_event("*")]
    /// fn log(delivery: &Delivery) {
    ///     if let Some(sender) = delivery.sender_trace() {
    ///         println!("systeme.io's trace is {:032x}", sender.trace_id());
    ///     }
    /// }
    /// ```
    #[cfg(feature = "tracing")]
    #[must_use]
    pub fn sender_trace(&self) -> Option<SenderTrace> {
        SenderTrace::of(&self.parts().headers)
    }

    /// Returns the e-mail address of the systeme.io account. `None` for account webhooks,
    /// which do not send it, and if it can't be read.
    ///
    /// ```standalone_crate
    /// # let dispatcher = siohook::Dispatcher::builder().accept_unverified().allow_no_handlers().build()?;
    /// let body = r#"{"type": "ping", "data": {}, "account": {"email": "owner@example.com"}}"#;
    /// let delivery = dispatcher.verify(siohook::Incoming::post(body))?;
    /// assert_eq!(delivery.account_email(), Some("owner@example.com"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn account_email(&self) -> Option<&str> {
        self.envelope()?.account_email.as_deref()
    }

    /// Returns the time of the event: `created_at` of an automation, and the header
    /// `X-Webhook-Event-Timestamp` of an account webhook, which is not signed.
    ///
    /// `None` if it is absent or is not a time.
    ///
    /// ```standalone_crate
    /// # let dispatcher = siohook::Dispatcher::builder().accept_unverified().allow_no_handlers().build()?;
    /// let body = r#"{"type": "ping", "data": {}, "created_at": "2026-09-28T07:41:13+00:00"}"#;
    /// let delivery = dispatcher.verify(siohook::Incoming::post(body))?;
    /// let time = delivery.occurred_at().unwrap();
    /// assert_eq!(time.to_string(), "2026-09-28T07:41:13+00:00");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn occurred_at(&self) -> Option<Timestamp> {
        let timestamp = || self.parts().headers.text(Header::EventTimestamp);
        match self.mechanism() {
            Mechanism::Automation => self.envelope()?.created_at,
            _ => timestamp()?.parse().ok(),
        }
    }

    /// Returns the schema version of an account webhook's body, from the header
    /// `X-Webhook-Schema-Version`. `None` for automations.
    ///
    /// Captured deliveries have 1 for contacts and 2 for sales. A
    /// [`Mismatch`] names the version, because another one may explain it.
    ///
    /// ```
    /// use siohook::{Delivery, on_event};
    ///
    /// #[on_event("SALE_NEW")]
    /// fn check(delivery: &Delivery) {
    ///     if delivery.schema_version() != Some(2) {
    ///         eprintln!("systeme.io changed the body of sales");
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn schema_version(&self) -> Option<u32> {
        match self.mechanism() {
            Mechanism::Account => self
                .parts()
                .headers
                .text(Header::SchemaVersion)?
                .parse()
                .ok(),
            _ => None,
        }
    }

    /// Returns the first query parameter of this name in the webhook's URL, decoded.
    ///
    /// The parameter `token` is never returned.
    ///
    /// ```
    /// # fn f(delivery: &siohook::Delivery) {
    /// // https://shop.example.com/systeme?tier=gold&token=…
    /// if delivery.query("tier").as_deref() == Some("gold") {
    ///     println!("gold");
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn query(&self, name: &str) -> Option<Cow<'_, str>> {
        if name == query::TOKEN {
            return None;
        }
        query::value(&self.parts().query, name)
    }

    pub(crate) fn extension<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.parts().extensions.get()
    }

    /// Returns why the delivery was trusted.
    ///
    /// ```
    /// use siohook::{Delivery, Trust, on_event};
    ///
    /// #[on_event("SALE_NEW")]
    /// fn log(delivery: &Delivery) {
    ///     if let Trust::Signed { secret } = delivery.trust() {
    ///         println!("signed with the secret {secret}");
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn trust(&self) -> Trust<'_> {
        self.parts().trusted_by.as_trust()
    }

    #[cfg(feature = "metrics")]
    pub(crate) fn trusted_by(&self) -> &TrustedBy {
        &self.parts().trusted_by
    }

    /// Returns the key, which is the same on every attempt and differs between deliveries.
    ///
    /// The first call computes it, which hashes the body.
    ///
    /// ```
    /// use std::collections::HashSet;
    ///
    /// use siohook::{Delivery, DeliveryKey};
    ///
    /// fn is_new(seen: &mut HashSet<DeliveryKey>, delivery: &Delivery) -> bool {
    ///     seen.insert(delivery.key().clone())
    /// }
    /// ```
    #[must_use]
    pub fn key(&self) -> &DeliveryKey {
        self.0.key.get_or_init(|| Box::new(DeliveryKey::of(self)))
    }

    /// Returns the body as it was received. A clone of it is cheap.
    ///
    /// ```
    /// use std::sync::mpsc::{SendError, Sender};
    ///
    /// use bytes::Bytes;
    /// use siohook::{Delivery, State, on_event};
    ///
    /// #[on_event("*")]
    /// fn archive(
    ///     delivery: &Delivery,
    ///     State(archive): State<Sender<Bytes>>,
    /// ) -> Result<(), SendError<Bytes>> {
    ///     archive.send(delivery.body().clone())
    /// }
    /// ```
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.parts().body
    }

    /// Deserializes your own type: from `data` of an automation, and from the whole body of
    /// an account webhook.
    ///
    /// The type may borrow from the body. The argument [`Data<T>`](crate::Data) does the
    /// same before the handler runs.
    ///
    /// ```standalone_crate
    /// # let dispatcher = siohook::Dispatcher::builder().accept_unverified().allow_no_handlers().build()?;
    /// use siohook::{Delivery, Incoming, Mismatch};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Lecture<'a> {
    ///     title: &'a str,
    /// }
    ///
    /// let body = r#"{"type": "lecture_completed", "data": {"title": "Traits"}}"#;
    /// let delivery: Delivery = dispatcher.verify(Incoming::post(body))?;
    /// let lecture: Lecture<'_> = delivery.data()?;
    /// assert_eq!(lecture.title, "Traits");
    ///
    /// let mismatch: Mismatch = delivery.data::<Vec<u8>>().unwrap_err();
    /// assert!(mismatch.to_string().contains("invalid type: map, expected a sequence"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A [`Mismatch`] that says where the body is not what the type expects.
    pub fn data<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Mismatch> {
        self.parse()
    }

    pub(crate) fn parse<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Mismatch> {
        let json = self.json()?;
        serde_json::from_str(json).map_err(|_| self.mismatch(json, T::deserialize))
    }

    pub(crate) fn contact(&self) -> Result<unified::Contact, Mismatch> {
        let json = self.json()?;
        unified::Contact::of_event(&mut serde_json::Deserializer::from_str(json))
            .map_err(|_| self.mismatch(json, unified::Contact::of_event))
    }

    fn mismatch<'a, T>(
        &self,
        json: &'a str,
        read: impl FnOnce(Node<'a>) -> Result<T, ReadError>,
    ) -> Mismatch {
        Mismatch::of(self.body(), json, self.schema_version(), read)
    }

    /// The part of the body that holds the payload.
    fn json(&self) -> Result<&str, Mismatch> {
        let data = match self.envelope() {
            Some(envelope) => &self.body()[envelope.data.clone()],
            None => self.body(),
        };
        std::str::from_utf8(data).map_err(|_| Mismatch::new("the body is not UTF-8"))
    }

    fn envelope(&self) -> Option<&Envelope> {
        if self.mechanism() == Mechanism::Account {
            return None;
        }
        let parse = || Envelope::parse(self.body()).ok().map(Box::new);
        self.0.envelope.get_or_init(parse).as_deref()
    }

    fn parts(&self) -> &Parts {
        &self.0.parts
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("event", self.event())
            .field("mechanism", &self.mechanism())
            .field("message_id", &self.message_id().map(Shown::value))
            .field("attempt_id", &self.attempt_id())
            .field("occurred_at", &self.occurred_at())
            .field("trust", &self.trust())
            .field("key", self.key())
            .finish_non_exhaustive()
    }
}
