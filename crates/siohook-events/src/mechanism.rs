use std::fmt;

/// One of the two ways in which systeme.io calls a server.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::{EventName, Mechanism};
///
/// let sale = EventName::new("SALE_NEW").event().unwrap();
/// assert_eq!(sale.mechanism(), Mechanism::Account);
/// assert_eq!(sale.mechanism().as_str(), "account");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Mechanism {
    /// The action "Send webhook" of a rule or workflow. The body names the event, and
    /// nothing is signed.
    Automation,
    /// A webhook of the account (Settings > Webhooks, or the public API). A header names
    /// the event, and the body is signed.
    Account,
}

impl Mechanism {
    /// Returns `automation` or `account`, which is also the module with its payloads.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Automation => "automation",
            Self::Account => "account",
        }
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
