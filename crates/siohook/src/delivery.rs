use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use serde::Deserialize;
use siohook_events::{EventName, Mechanism, Timestamp, unified};

use crate::incoming::{Header, Headers};
use crate::key::DeliveryKey;
use crate::mismatch::Mismatch;
#[cfg(feature = "tracing")]
use crate::observe;
use crate::payload::{Payload, Stash};
use crate::plain_id;
use crate::trust::{Trust, TrustedBy};
use crate::verify::envelope::Around;

/// A delivery that was verified: what [`verify`](crate::Dispatcher::verify)
/// gives and handlers take.
///
/// Cloning is cheap: all clones share one body. `Debug` shows neither the body
/// nor the account's e-mail address.
#[derive(Clone)]
pub struct Delivery(Arc<Shared<dyn Any + Send + Sync>>);

/// What all clones share, in one allocation.
struct Shared<P: ?Sized> {
    parts: Parts,
    /// Of an automation, once somebody asks for it. Boxed, because with the longest payload
    /// that makes the difference between what allocators have at hand and what they search for.
    around: OnceLock<Option<Box<Around>>>,
    /// A [`Stash`], or nothing if no handler takes the event's payload.
    payload: P,
}

pub(crate) struct Parts {
    pub(crate) event: EventName,
    pub(crate) mechanism: Mechanism,
    pub(crate) headers: Headers,
    pub(crate) trusted_by: TrustedBy,
    pub(crate) key: DeliveryKey,
    pub(crate) body: Bytes,
}

impl Delivery {
    pub(crate) fn new(parts: Parts) -> Self {
        Self::with(parts, ())
    }

    /// With room for a payload. Gives it to be read, and says whether it was.
    pub(crate) fn with_payload<P: Payload>(
        parts: Parts,
        read: impl FnOnce(&Self) -> Option<P>,
    ) -> (Self, bool) {
        let delivery = Self::with(parts, Stash::<P>::default());
        let stash = delivery.stash::<P>();
        let is_read = stash.is_some_and(|stash| stash.fill(|| read(&delivery)));
        (delivery, is_read)
    }

    fn with(parts: Parts, payload: impl Any + Send + Sync) -> Self {
        Self(Arc::new(Shared {
            parts,
            around: OnceLock::new(),
            payload,
        }))
    }

    /// Remembers what is around the payload.
    pub(crate) fn set_around(&self, around: Around) {
        let _ = self.0.around.set(Some(Box::new(around)));
    }

    /// The event's payload, if it was read when the delivery was verified.
    pub(crate) fn stash<P: Payload>(&self) -> Option<&Stash<P>> {
        self.0.payload.downcast_ref()
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
        self.parts().key.message_id()
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
            Mechanism::Automation => None,
        };
        id.filter(|id| plain_id::is_plain(id))
    }

    /// Where the delivery belongs in the sender's own traces, as its headers
    /// say. They are not signed.
    #[cfg(feature = "tracing")]
    #[must_use]
    pub fn sender_trace(&self) -> Option<observe::SenderTrace> {
        observe::SenderTrace::of(&self.parts().headers)
    }

    /// The e-mail address of the systeme.io account. Only automations tell it.
    #[must_use]
    pub fn account_email(&self) -> Option<&str> {
        self.around()?.account_email.as_deref()
    }

    /// When the event happened: `created_at` of an automation, the
    /// event-timestamp header of an account webhook, where it is not signed.
    #[must_use]
    pub fn occurred_at(&self) -> Option<Timestamp> {
        let timestamp = || self.parts().headers.text(Header::EventTimestamp);
        match self.mechanism() {
            Mechanism::Automation => self.around()?.created_at,
            Mechanism::Account => timestamp()?.parse().ok(),
        }
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
        &self.parts().key
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
        serde_json::from_str(self.json()?).map_err(|error| Mismatch::of::<T>(&error))
    }

    pub(crate) fn contact(&self) -> Result<unified::Contact, Mismatch> {
        unified::Contact::of_event(&mut serde_json::Deserializer::from_str(self.json()?))
            .map_err(|error| Mismatch::of::<unified::Contact>(&error))
    }

    /// The part of the body that payloads are read from.
    fn json(&self) -> Result<&str, Mismatch> {
        let data = match self.around() {
            Some(around) => &self.body()[around.data.clone()],
            None => self.body(),
        };
        std::str::from_utf8(data).map_err(|_| Mismatch::new("the body is not UTF-8"))
    }

    fn around(&self) -> Option<&Around> {
        if self.mechanism() == Mechanism::Account {
            return None;
        }
        let read = || Around::read(self.body()).ok().map(Box::new);
        self.0.around.get_or_init(read).as_deref()
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
            .field("message_id", &self.message_id())
            .field("attempt_id", &self.attempt_id())
            .field("occurred_at", &self.occurred_at())
            .field("trust", &self.trust())
            .field("key", self.key())
            .finish_non_exhaustive()
    }
}
