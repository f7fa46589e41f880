mod around;
mod captured;
mod edit;
mod headers;
mod make;
mod trust;

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use siohook_events::{EventName, Mechanism, Shown};

use self::captured::Captured;
use self::trust::Credential;
use crate::message::Message;

/// Delivery as systeme.io would send it: the body of an event, with headers, signature or
/// token.
///
/// ```
/// # mod siohook { pub use siohook_sender as testing; }
/// use siohook::testing::Sample;
///
/// let sale = Sample::of("SALE_NEW")
///     .set("/customer/email", "ada@example.com")
///     .set("/pricePlan/amount", 9900);
/// assert!(sale.body().starts_with(br#"{"customer":{"id":12799412,"#));
/// ```
///
/// The first edit spells the body as PHP's `json_encode` does. The bodies of samples are
/// spelled so already, so the rest of the body stays as it is, byte for byte. An edit that is
/// impossible panics at the line that called it. The methods with `try_` return an error
/// instead.
///
/// Each new sample of an account webhook has a unique message id, so two samples are two
/// deliveries, and a clone is the same delivery again. An automation has no id, so two with
/// the same body **are** the same delivery: change one of them, or use
/// [`another`](Self::another).
#[derive(Clone)]
#[must_use]
pub struct Sample {
    event: EventName,
    mechanism: Mechanism,
    body: Bytes,
    /// The bytes that are signed, if they differ from the body.
    signed: Option<Bytes>,
    credential: Credential,
    /// The message and the attempt. An automation does not send them.
    message: Message,
    peer: IpAddr,
    /// Headers that the user set (`Some`) or left out (`None`).
    headers: Vec<(String, Option<String>)>,
    /// The request that it was, if it was captured.
    captured: Option<Box<Captured>>,
}

impl Sample {
    /// Makes another delivery with the same payload: a second later, and with new ids. For a
    /// retry of this delivery, see [`attempt`](Self::attempt).
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// use siohook::testing::Sample;
    ///
    /// let tag = Sample::of("contact.tag.added");
    /// assert_ne!(tag.another().body(), tag.body());
    /// ```
    ///
    /// # Panics
    ///
    /// If it is an automation whose body has no valid `created_at` any more.
    #[track_caller]
    pub fn another(&self) -> Self {
        let later = self
            .occurred_at()
            .and_then(|at| at.checked_add(Duration::from_secs(1)));
        let Some(later) = later else {
            panic!("{self} has no time, so another one can't be later");
        };
        let mut another = self.clone();
        another.message = Message::fresh();
        another.at(&later.to_string())
    }

    /// Makes a retry of the same delivery. The first attempt has the number 1.
    ///
    /// The message id stays the same. The attempt has its own id and time. Automations have no
    /// such headers, so all their attempts are equal.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// use siohook::testing::Sample;
    ///
    /// let sale = Sample::of("SALE_NEW");
    /// let second = sale.attempt(2);
    /// assert_eq!(second.message_id(), sale.message_id());
    /// assert_ne!(second.headers(), sale.headers());
    /// ```
    pub fn attempt(&self, number: u32) -> Self {
        let mut attempt = self.clone();
        attempt.message.attempt = number;
        attempt
    }

    /// Returns the name of the event.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// assert_eq!(siohook::testing::Sample::of("SALE_NEW").event(), "SALE_NEW");
    /// ```
    #[must_use]
    pub fn event(&self) -> &EventName {
        &self.event
    }

    /// Returns how it is sent: by an automation or an account webhook.
    ///
    /// ```
    /// use siohook_sender::{Mechanism, Sample};
    ///
    /// assert_eq!(Sample::of("contact.tag.added").mechanism(), Mechanism::Automation);
    /// ```
    #[must_use]
    pub fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    /// Returns the message id. `None` for automations.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// use siohook::testing::Sample;
    ///
    /// assert!(Sample::of("SALE_NEW").message_id().is_some());
    /// assert_eq!(Sample::of("contact.tag.added").message_id(), None);
    /// ```
    #[must_use]
    pub fn message_id(&self) -> Option<&str> {
        (self.mechanism == Mechanism::Account).then_some(&*self.message.id)
    }

    /// Returns the body that is sent.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let tag = siohook::testing::Sample::of("contact.tag.added");
    /// assert!(tag.body().starts_with(br#"{"type":"contact.tag.added","#));
    /// ```
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Sets the address of the sender. The default is one of systeme.io's addresses.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let sale = siohook::testing::Sample::of("SALE_NEW").peer([203, 0, 113, 9]);
    /// assert_eq!(sale.peer_address().to_string(), "203.0.113.9");
    /// ```
    pub fn peer(mut self, address: impl Into<IpAddr>) -> Self {
        self.peer = address.into();
        self
    }

    /// Returns the [address](Self::peer) of the sender.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let sale = siohook::testing::Sample::of("SALE_NEW");
    /// assert_eq!(sale.peer_address().to_string(), "185.236.142.1");
    /// ```
    #[must_use]
    pub fn peer_address(&self) -> IpAddr {
        self.peer
    }
}

impl AsRef<Self> for Sample {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// Writes the event, the message id and the number of the attempt.
impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.event.fmt(f)?;
        match self.message_id() {
            Some(id) => write!(f, " {}, attempt {}", Shown::value(id), self.message.attempt),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sample({self})")
    }
}
