use std::fmt;

use siohook::Timestamp;
use siohook_events::Shown;

use crate::clock::{Millis, timestamp};
use crate::dead_reason::DeadReason;
use crate::store::DeliveryId;

/// A run that is not tried again.
///
/// [`on_dead`](crate::InboxBuilder::on_dead) is called with each. `Display` writes it in one line,
/// with at most 2 KiB of the error's text.
///
/// ```
/// use siohook_inbox::{DeadLetter, DeadReason};
///
/// fn alert(letter: &DeadLetter) {
///     match letter.reason() {
///         DeadReason::Mismatch => eprintln!("fix the arguments of {}: {letter}", letter.handler()),
///         _ => eprintln!("{letter}"),
///     }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct DeadLetter {
    pub(crate) id: DeliveryId,
    /// As hexadecimal digits.
    pub(crate) key: Box<str>,
    pub(crate) event: Box<str>,
    pub(crate) received_at: Millis,
    pub(crate) handler: Box<str>,
    pub(crate) attempts: u32,
    pub(crate) reason: DeadReason,
    pub(crate) error: Option<Box<str>>,
}

impl DeadLetter {
    /// Returns the id of the delivery in the store. Deliveries are numbered in the order of
    /// acceptance, and several handlers of one delivery may be dead.
    ///
    /// ```
    /// # fn f(letter: &siohook_inbox::DeadLetter) {
    /// println!("delivery {}", letter.id());
    /// # }
    /// ```
    #[must_use]
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Returns the event's name.
    ///
    /// ```
    /// # fn f(letter: &siohook_inbox::DeadLetter) {
    /// let is_a_sale = letter.event().starts_with("SALE_");
    /// # let _ = is_a_sale;
    /// # }
    /// ```
    #[must_use]
    pub fn event(&self) -> &str {
        &self.event
    }

    /// Returns the [stored key](siohook::DeliveryKey::stored) of the delivery as 76 hexadecimal
    /// digits, as the views of the database show it.
    ///
    /// ```
    /// # fn f(letter: &siohook_inbox::DeadLetter) {
    /// println!("SELECT * FROM siohook_runs WHERE key = '{}'", letter.key());
    /// # }
    /// ```
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns when the delivery was accepted.
    ///
    /// ```
    /// # fn f(letter: &siohook_inbox::DeadLetter) {
    /// println!("received at {}", letter.received_at());
    /// # }
    /// ```
    #[must_use]
    pub fn received_at(&self) -> Timestamp {
        timestamp(self.received_at)
    }

    /// Returns the id of the handler.
    ///
    /// ```
    /// # fn f(letter: &siohook_inbox::DeadLetter) {
    /// assert_eq!(letter.handler(), "shop.grant"); // #[on_event("SALE_NEW", id = "shop.grant")]
    /// # }
    /// ```
    #[must_use]
    pub fn handler(&self) -> &str {
        &self.handler
    }

    /// Returns how often the handler was started.
    ///
    /// ```
    /// # fn f(letter: &siohook_inbox::DeadLetter) {
    /// println!("{} was started {} times", letter.handler(), letter.attempts());
    /// # }
    /// ```
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns why it is not tried again.
    ///
    /// ```
    /// # fn f(letter: &siohook_inbox::DeadLetter) {
    /// println!("dead because it is {}", letter.reason());
    /// # }
    /// ```
    #[must_use]
    pub fn reason(&self) -> DeadReason {
        self.reason
    }

    /// Returns the text of the last error: at most 2 KiB, with control characters escaped. It is
    /// `None` if there was no error, or if [`Errors::Off`](crate::Errors::Off) keeps a handler's text
    /// out of the store.
    ///
    /// ```
    /// # fn f(letter: &siohook_inbox::DeadLetter) {
    /// if let Some(error) = letter.error() {
    ///     eprintln!("{error}");
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }
}

impl fmt::Display for DeadLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "delivery {} ({}, received {}): {} is dead after {} attempt{}, {}",
            self.id,
            Shown::value(&*self.event),
            self.received_at(),
            Shown::value(&*self.handler),
            self.attempts,
            if self.attempts == 1 { "" } else { "s" },
            self.reason
        )?;
        self.error
            .as_deref()
            .map_or(Ok(()), |error| write!(f, ": {}", Shown::text(error)))
    }
}
