mod around;
mod edit;
mod headers;
mod make;
mod trust;

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use siohook_events::{EventName, Mechanism, Shown};

use self::trust::Credential;
use crate::message::Message;

/// A delivery as systeme.io would send it: the body of an event and what comes with it,
/// to be edited, signed and sent as often as needed.
///
/// ```
/// use siohook_sender::Sample;
///
/// let sale = Sample::of("SALE_NEW")
///     .set("/customer/email", "ada@example.com")
///     .set("/pricePlan/amount", 9900);
/// assert!(sale.body().starts_with(br#"{"customer":{"id":12799412,"#));
/// ```
///
/// What is not edited stays byte for byte as it was; what is edited is written as PHP's
/// `json_encode` writes it. An edit that does not fit panics at the line that asked for
/// it, or is an error of the method that begins with `try_`.
///
/// Each new sample of an account webhook has a message id that no other sample has, in
/// this process or in another one, so two samples are two deliveries; a clone is the same
/// delivery again. An automation has no id: two with the same body **are** the same
/// delivery, so change something in one of them, or take [`another`](Self::another).
#[derive(Clone)]
#[must_use]
pub struct Sample {
    event: EventName,
    mechanism: Mechanism,
    body: Bytes,
    /// What the signature is made of, where that is not the body.
    signed: Option<Bytes>,
    credential: Credential,
    /// Automations have one, and nothing tells of it.
    message: Message,
    peer: IpAddr,
    /// Headers that were given or left out.
    headers: Vec<(String, Option<String>)>,
}

impl Sample {
    /// Makes another event of the same kind about the same, a second later: another
    /// delivery with fresh ids, and not another [attempt](Self::attempt).
    ///
    /// ```
    /// use siohook_sender::Sample;
    ///
    /// let tag = Sample::of("contact.tag.added");
    /// assert_ne!(tag.another().body(), tag.body());
    /// ```
    ///
    /// # Panics
    ///
    /// If it is an automation whose body was edited so that it has no time.
    #[track_caller]
    pub fn another(&self) -> Self {
        let later = self
            .occurred_at()
            .and_then(|at| at.checked_add(Duration::from_secs(1)));
        let Some(later) = later else {
            panic!("{self} has no time that another could be later than");
        };
        let mut another = self.clone();
        another.message = Message::fresh();
        another.at(&later.to_string())
    }

    /// Makes another attempt at the same delivery, the first being 1: the same message
    /// id, with the id and the time that systeme.io gives to each attempt.
    ///
    /// Automations have no such headers, so all their attempts are alike.
    ///
    /// ```
    /// use siohook_sender::Sample;
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

    /// Returns the event.
    ///
    /// ```
    /// assert_eq!(siohook_sender::Sample::of("SALE_NEW").event(), "SALE_NEW");
    /// ```
    #[must_use]
    pub fn event(&self) -> &EventName {
        &self.event
    }

    /// Returns the way in which it is sent.
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

    /// Returns the message id. Automations have none.
    ///
    /// ```
    /// use siohook_sender::Sample;
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
    /// let tag = siohook_sender::Sample::of("contact.tag.added");
    /// assert!(tag.body().starts_with(br#"{"type":"contact.tag.added","#));
    /// ```
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Sends it from this address. It is one of systeme.io's otherwise.
    ///
    /// ```
    /// let sale = siohook_sender::Sample::of("SALE_NEW").peer([203, 0, 113, 9]);
    /// assert_eq!(sale.peer_address().to_string(), "203.0.113.9");
    /// ```
    pub fn peer(mut self, address: impl Into<IpAddr>) -> Self {
        self.peer = address.into();
        self
    }

    /// Returns the [address](Self::peer) it is sent from.
    ///
    /// ```
    /// let sale = siohook_sender::Sample::of("SALE_NEW");
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

/// The event, and what tells the delivery from others.
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
