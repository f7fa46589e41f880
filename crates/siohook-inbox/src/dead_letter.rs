use std::fmt;
use std::time::{Duration, SystemTime};

use siohook::Timestamp;
use siohook_events::Shown;

use crate::store::{Claimed, DeliveryId, Millis, Stored};

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
    /// The letter of a run whose process ended in it too often.
    pub(crate) fn crashed(dead: &Claimed, stored: &Stored) -> Self {
        Self {
            id: dead.run.delivery,
            key: const_hex::encode(stored.key).into(),
            event: stored.event.clone(),
            received_at: stored.received_at,
            handler: dead.run.handler.into(),
            attempts: dead.run.attempt,
            reason: DeadReason::Crashed,
            error: Some(crashed_text(dead.crashes).into()),
        }
    }

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

/// Why a run is not tried again.
///
/// ```
/// use siohook_inbox::DeadReason;
///
/// assert_eq!(DeadReason::Exhausted.to_string(), "exhausted");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DeadReason {
    /// The attempts of its [`Retry`](crate::Retry) are spent.
    Exhausted,
    /// The handler returned [`HandlerError::permanent`](siohook::HandlerError::permanent).
    Permanent,
    /// The body does not match the handler's arguments. Waiting does not help, but a program with
    /// other arguments does.
    Mismatch,
    /// The process ended while the handler ran, as often as
    /// [`crashes`](crate::InboxBuilder::crashes) allows.
    Crashed,
    /// The body was erased.
    Erased,
    /// An operator gave it up. It is neither listed nor counted.
    Purged,
}

impl DeadReason {
    #[cfg(any(test, feature = "sqlite", feature = "postgres"))]
    pub(crate) const ALL: [Self; 6] = [
        Self::Exhausted,
        Self::Permanent,
        Self::Mismatch,
        Self::Crashed,
        Self::Erased,
        Self::Purged,
    ];

    /// Returns the word of the table's column, which `Display` writes too.
    ///
    /// ```
    /// assert_eq!(siohook_inbox::DeadReason::Crashed.as_str(), "crashed");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exhausted => "exhausted",
            Self::Permanent => "permanent",
            Self::Mismatch => "mismatch",
            Self::Crashed => "crashed",
            Self::Erased => "erased",
            Self::Purged => "purged",
        }
    }

    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }
}

impl fmt::Display for DeadReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text of a run whose process ended in it.
pub(crate) fn crashed_text(crashes: u32) -> String {
    match crashes {
        1 => "the process ended while the handler ran".to_owned(),
        _ => format!("the process ended while the handler ran, {crashes} times"),
    }
}

pub(crate) fn timestamp(millis: Millis) -> Timestamp {
    let since = Duration::from_millis(millis.max(0).unsigned_abs());
    let time = SystemTime::UNIX_EPOCH.checked_add(since);
    let time = time.and_then(|time| Timestamp::try_from(time).ok());
    time.unwrap_or_else(|| Timestamp::try_from(SystemTime::UNIX_EPOCH).expect("1970 is a year"))
}
