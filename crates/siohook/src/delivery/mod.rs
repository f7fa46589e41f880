//! A delivery that was verified, and what it knows of itself.

pub(crate) mod envelope;
mod key;
mod mismatch;
pub(crate) mod plain_id;
mod read_error;
mod reader;
mod salvage;
#[cfg(feature = "tracing")]
mod sender_trace;
mod trust;
mod unread;

pub use self::key::DeliveryKey;
pub(crate) use self::key::Identity;
pub use self::mismatch::Mismatch;
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

/// A delivery that was verified: what [`verify`](crate::Dispatcher::verify)
/// gives and handlers take.
///
/// Cloning is cheap: all clones share one body. `Debug` shows neither the body
/// nor the account's e-mail address, and at most 200 bytes of a value; the methods
/// give the whole value.
#[derive(Clone)]
pub struct Delivery(Arc<Shared<dyn Any + Send + Sync>>);

/// What all clones share, in one allocation.
struct Shared<P: ?Sized> {
    parts: Parts,
    /// Of an automation, parsed on first use. Boxed to keep the allocation small: with the
    /// longest payload it would leave the sizes that allocators have at hand.
    envelope: OnceLock<Option<Box<Envelope>>>,
    /// Made on first use, because it takes a digest of the body.
    key: OnceLock<Box<DeliveryKey>>,
    /// What of the event's payload could not be read. Unset until it is asked for, and if
    /// all of it was read on arrival.
    unread: OnceLock<UnreadList>,
    /// Where the payload is kept, or `()` if no handler takes it.
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
    pub(crate) body: Bytes,
}

impl Delivery {
    /// A delivery that shares `payload` with all its clones.
    pub(crate) fn new(parts: Parts, payload: impl Any + Send + Sync) -> Self {
        Self::filled(parts, payload, |_, _| ())
    }

    /// The same with a payload that is filled in its place, because payloads are too large
    /// to move around.
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

    /// What was given to [`new`](Self::new), if it is of this type.
    pub(crate) fn payload<T: Any>(&self) -> Option<&T> {
        self.0.payload.downcast_ref()
    }

    /// Keeps an envelope that was parsed already.
    pub(crate) fn set_envelope(&self, envelope: Envelope) {
        let _ = self.0.envelope.set(Some(Box::new(envelope)));
    }

    /// The event.
    #[must_use]
    pub fn event(&self) -> &EventName {
        &self.parts().event
    }

    /// The way in which it was sent.
    #[must_use]
    pub fn mechanism(&self) -> Mechanism {
        self.parts().mechanism
    }

    /// The message id of an account webhook (a UUID, the same on every
    /// attempt). Automations send none.
    ///
    /// It is not signed: whoever holds a signed body can send it with another
    /// id.
    #[must_use]
    pub fn message_id(&self) -> Option<&str> {
        match self.mechanism() {
            Mechanism::Account => self.parts().headers.text(Header::MessageId),
            _ => None,
        }
    }

    /// The id of this attempt to deliver an account webhook, a UUID. Each attempt
    /// has another one, and there is no number of attempts. Automations send
    /// none.
    ///
    /// Like the message id it is not signed. Whatever is no id (up to 64 ASCII
    /// letters, digits, `-`, `_`, `.`, `:`) is ignored.
    #[must_use]
    pub fn attempt_id(&self) -> Option<&str> {
        let id = match self.mechanism() {
            Mechanism::Account => self.parts().headers.text(Header::AttemptId),
            _ => None,
        };
        id.filter(|id| plain_id::is_plain(id))
    }

    /// Where the delivery belongs in the sender's own traces, as its headers
    /// say. They are not signed.
    #[cfg(feature = "tracing")]
    #[must_use]
    pub fn sender_trace(&self) -> Option<SenderTrace> {
        SenderTrace::of(&self.parts().headers)
    }

    /// The e-mail address of the systeme.io account. Only automations tell it.
    #[must_use]
    pub fn account_email(&self) -> Option<&str> {
        self.envelope()?.account_email.as_deref()
    }

    /// When the event happened: `created_at` of an automation, the
    /// event-timestamp header of an account webhook, where it is not signed.
    #[must_use]
    pub fn occurred_at(&self) -> Option<Timestamp> {
        let timestamp = || self.parts().headers.text(Header::EventTimestamp);
        match self.mechanism() {
            Mechanism::Automation => self.envelope()?.created_at,
            _ => timestamp()?.parse().ok(),
        }
    }

    /// The version of the body that an account webhook names: 1 for contacts and 2 for
    /// sales, so far. Automations have none.
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

    /// The first parameter of this name in the webhook's URL, decoded. The token is not
    /// among them.
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

    /// Why the delivery was trusted.
    #[must_use]
    pub fn trust(&self) -> Trust<'_> {
        self.parts().trusted_by.as_trust()
    }

    #[cfg(feature = "metrics")]
    pub(crate) fn trusted_by(&self) -> &TrustedBy {
        &self.parts().trusted_by
    }

    /// What tells this delivery from others and is the same on every attempt.
    #[must_use]
    pub fn key(&self) -> &DeliveryKey {
        self.0.key.get_or_init(|| Box::new(DeliveryKey::of(self)))
    }

    /// The body as it was received.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.parts().body
    }

    /// Reads a type of your own: from `data` of an automation event, from the
    /// whole body of an account event.
    ///
    /// # Errors
    ///
    /// The body is not what the type expects.
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

    /// The part of the body that payloads are read from.
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
