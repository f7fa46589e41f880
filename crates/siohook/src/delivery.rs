use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde::Deserialize;
use siohook_events::{EventName, Mechanism, Timestamp, unified};

use crate::key::DeliveryKey;
use crate::mismatch::Mismatch;
use crate::observe;
use crate::plain_id::PlainId;
use crate::trust::{Trust, TrustedBy};

/// A delivery that was verified: what [`verify`](crate::Dispatcher::verify)
/// gives and handlers take.
///
/// Cloning is cheap: all clones share one body. `Debug` shows neither the body
/// nor the account's e-mail address.
#[derive(Clone)]
pub struct Delivery(Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) event: EventName,
    pub(crate) mechanism: Mechanism,
    pub(crate) message_id: Option<Arc<str>>,
    pub(crate) attempt_id: Option<PlainId>,
    #[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "a unit"))]
    pub(crate) sender: observe::Sender,
    pub(crate) account_email: Option<Box<str>>,
    pub(crate) occurred_at: Option<Timestamp>,
    pub(crate) trusted_by: TrustedBy,
    pub(crate) key: DeliveryKey,
    pub(crate) body: Bytes,
    /// The part of the body that payloads are read from.
    pub(crate) data: Bytes,
}

impl Delivery {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// The event.
    #[must_use]
    pub fn event(&self) -> &EventName {
        &self.0.event
    }

    /// The way in which it was sent.
    #[must_use]
    pub fn mechanism(&self) -> Mechanism {
        self.0.mechanism
    }

    /// The message id of an account webhook (a UUID, the same on every
    /// attempt). Automations send none.
    ///
    /// It is not signed: whoever holds a signed body can send it with another
    /// id.
    #[must_use]
    pub fn message_id(&self) -> Option<&str> {
        self.0.message_id.as_deref()
    }

    /// The id of this attempt to deliver an account webhook, a UUID. Each attempt
    /// has another one, and there is no number of attempts. Automations send
    /// none.
    ///
    /// Like the message id it is not signed. Whatever is no id (up to 64 ASCII
    /// letters, digits, `-`, `_`, `.`, `:`) is ignored.
    #[must_use]
    pub fn attempt_id(&self) -> Option<&str> {
        self.0.attempt_id.as_ref()?.as_str()
    }

    /// Where the delivery belongs in the sender's own traces, as its headers
    /// say. They are not signed.
    #[cfg(feature = "tracing")]
    #[must_use]
    pub fn sender_trace(&self) -> Option<observe::SenderTrace> {
        self.0.sender
    }

    /// The e-mail address of the systeme.io account. Only automations tell it.
    #[must_use]
    pub fn account_email(&self) -> Option<&str> {
        self.0.account_email.as_deref()
    }

    /// When the event happened: `created_at` of an automation, the
    /// event-timestamp header of an account webhook, where it is not signed.
    #[must_use]
    pub fn occurred_at(&self) -> Option<Timestamp> {
        self.0.occurred_at
    }

    /// Why the delivery was trusted.
    #[must_use]
    pub fn trust(&self) -> Trust<'_> {
        self.0.trusted_by.as_trust()
    }

    #[cfg(feature = "metrics")]
    pub(crate) fn trusted_by(&self) -> &TrustedBy {
        &self.0.trusted_by
    }

    /// What tells this delivery from others and is the same on every attempt.
    #[must_use]
    pub fn key(&self) -> &DeliveryKey {
        &self.0.key
    }

    /// The body as it was received.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.0.body
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

    fn json(&self) -> Result<&str, Mismatch> {
        std::str::from_utf8(&self.0.data).map_err(|_| Mismatch::new("the body is not UTF-8"))
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("event", &self.0.event)
            .field("mechanism", &self.0.mechanism)
            .field("message_id", &self.0.message_id)
            .field("attempt_id", &self.attempt_id())
            .field("occurred_at", &self.0.occurred_at)
            .field("trust", &self.trust())
            .field("key", &self.0.key)
            .finish_non_exhaustive()
    }
}
