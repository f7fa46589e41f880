use std::fmt;

use crate::catalogue::{Event, events};

/// The names that a handler listens to: one, or all with a prefix.
///
/// | written | matches |
/// |---|---|
/// | `contact.tag.added` | that name |
/// | `contact.*`, `contact.tag.*` | every name that begins with `contact.` or `contact.tag.` |
/// | `CONTACT_*`, `SALE_*` | every name that begins with `CONTACT_` or `SALE_` |
/// | `*` | every name |
///
/// A prefix also matches names that the catalogue lacks.
///
/// ```
/// # mod siohook { pub use siohook_events as event; }
/// use siohook::event::EventPattern;
///
/// let sales = EventPattern::parse("SALE_*")?;
/// assert!(sales.matches("SALE_NEW"));
/// assert!(sales.matches("SALE_REFUNDED"));
/// assert!(sales.listed().map(|event| event.name()).eq(["SALE_NEW", "SALE_CANCELED"]));
/// # Ok::<(), siohook::event::PatternError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventPattern<'a> {
    /// Exactly this name.
    Name(&'a str),
    /// Every name that begins with this.
    Prefix(&'a str),
}

impl<'a> EventPattern<'a> {
    /// Parses a name or a pattern.
    ///
    /// # Errors
    ///
    /// Fails if there is a `*` that is neither the whole text nor at the end after `.` or
    /// `_`.
    pub fn parse(text: &'a str) -> Result<Self, PatternError> {
        match text.split_once('*') {
            None => Ok(Self::Name(text)),
            Some(("", "")) => Ok(Self::Prefix("")),
            Some((prefix, "")) if prefix.len() > 1 && prefix.ends_with(['.', '_']) => {
                Ok(Self::Prefix(prefix))
            }
            Some(_) => Err(PatternError(())),
        }
    }

    /// Returns whether the pattern matches a name.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        match self {
            Self::Name(own) => *own == name,
            Self::Prefix(prefix) => name.starts_with(prefix),
        }
    }

    /// Returns the events of the catalogue that the pattern matches.
    pub fn listed(self) -> impl Iterator<Item = &'static Event> + use<'a> {
        events()
            .iter()
            .filter(move |event| self.matches(event.name()))
    }
}

/// The error of a pattern whose `*` stands where it has no meaning.
///
/// ```
/// # mod siohook { pub use siohook_events as event; }
/// use siohook::event::EventPattern;
///
/// let error = EventPattern::parse("SALE*").unwrap_err();
/// assert!(error.to_string().starts_with("`*` stands alone"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError(());

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`*` stands alone, or at the end after `.` or `_`: `\"*\"`, `\"contact.*\"`, `\"SALE_*\"`")
    }
}

impl std::error::Error for PatternError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_alone_or_after_a_separator() {
        assert_eq!(EventPattern::parse("*"), Ok(EventPattern::Prefix("")));
        assert_eq!(
            EventPattern::parse("contact.*"),
            Ok(EventPattern::Prefix("contact."))
        );
        assert_eq!(
            EventPattern::parse("SALE_*"),
            Ok(EventPattern::Prefix("SALE_"))
        );
        for wrong in [
            "SALE*",
            "*.added",
            "contact.*.added",
            "**",
            ".*",
            "_*",
            "contact.**",
        ] {
            assert!(EventPattern::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_prefix_reaches_names_that_the_catalogue_lacks() {
        let contact = EventPattern::Prefix("contact.");
        assert!(contact.matches("contact.community.joined"));
        assert!(!contact.matches("customer.sale.completed"));
        assert_eq!(contact.listed().count(), 9);
        assert_eq!(EventPattern::Prefix("").listed().count(), events().len());
    }
}
