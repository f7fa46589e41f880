use std::fmt;
use std::str::{self, Utf8Error};
use std::sync::Arc;

use crate::catalogue::{self, Event};
use crate::shown::Shown;

/// The name of an event as it came on the wire. The catalogue may lack it.
///
/// Cloning is cheap. `==` compares the text. `Display` and `Debug` show at most 200 bytes,
/// with control characters escaped; [`as_str`](Self::as_str) returns the whole name.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::EventName;
///
/// assert!(EventName::new("SALE_NEW").is_listed());
///
/// let unlisted = EventName::new("contact.community.joined");
/// assert!(!unlisted.is_listed());
/// assert_eq!(unlisted, "contact.community.joined");
/// ```
#[derive(Clone)]
pub struct EventName(Kind);

#[derive(Clone)]
enum Kind {
    Listed(&'static Event),
    Unlisted(Arc<str>),
}

impl EventName {
    /// Creates a name, known or not.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(match catalogue::find(name.as_bytes()) {
            Some(event) => Kind::Listed(event),
            None => Kind::Unlisted(name.into()),
        })
    }

    /// Returns the name as it came.
    ///
    /// ```
    /// # use siohook_events as siohook;
    /// let name = siohook::EventName::new("lecture_completed");
    /// assert_eq!(name.as_str(), "lecture_completed");
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Kind::Listed(event) => event.name(),
            Kind::Unlisted(name) => name,
        }
    }

    /// Returns whether the catalogue has this name.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        self.event().is_some()
    }

    /// Returns the entry of the catalogue, if it has this name.
    ///
    /// ```
    /// # use siohook_events as siohook;
    /// use siohook::{EventName, Mechanism};
    ///
    /// let event = EventName::new("SALE_NEW").event().unwrap();
    /// assert_eq!(event.mechanism(), Mechanism::Account);
    /// assert_eq!(event.payload(), "SaleNew");
    /// assert_eq!(EventName::new("NEW_SALE").event(), None);
    /// ```
    #[must_use]
    pub fn event(&self) -> Option<&'static Event> {
        match self.0 {
            Kind::Listed(event) => Some(event),
            Kind::Unlisted(_) => None,
        }
    }
}

impl TryFrom<&[u8]> for EventName {
    type Error = Utf8Error;

    /// Reads the bytes of a header or of a member. Fails if they are not UTF-8.
    fn try_from(name: &[u8]) -> Result<Self, Utf8Error> {
        match catalogue::find(name) {
            Some(event) => Ok(Self(Kind::Listed(event))),
            None => str::from_utf8(name).map(|name| Self(Kind::Unlisted(name.into()))),
        }
    }
}

impl fmt::Display for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&Shown::value(self.as_str()).to_str())
    }
}

impl fmt::Debug for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&Shown::value(self.as_str()), f)
    }
}

impl PartialEq for EventName {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for EventName {}

impl std::hash::Hash for EventName {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl PartialEq<str> for EventName {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for EventName {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl AsRef<str> for EventName {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}
