use std::fmt;

/// Why a change of the account is impossible.
///
/// ```
/// use siohook_sandbox::state::{Change, State};
///
/// let now = "2026-01-01T00:00:00+00:00".parse()?;
/// let refusal = State::new(7).apply(Change::AddTag { contact: 9, tag: 1 }, now).unwrap_err();
/// assert_eq!(refusal.to_string(), "there is no contact 9");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The change names an object that does not exist.
    Unknown {
        /// Kind of object.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// A contact has the e-mail address already.
    EmailTaken,
    /// The order has no price plan.
    EmptyOrder,
    /// The order has more than 100 price plans.
    LongOrder,
    /// The subscription was cancelled, or all its payments were made.
    SubscriptionEnded,
}

impl Refusal {
    pub(super) fn unknown(what: &'static str, id: impl ToString) -> Self {
        let id = id.to_string();
        Self::Unknown { what, id }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { what, id } => write!(f, "there is no {what} {id}"),
            Self::EmailTaken => f.write_str("a contact has this e-mail address already"),
            Self::EmptyOrder => f.write_str("the order has no price plan"),
            Self::LongOrder => f.write_str("the order has more than 100 price plans"),
            Self::SubscriptionEnded => f.write_str("the subscription has ended"),
        }
    }
}

impl std::error::Error for Refusal {}
