mod boxed;

use std::error::Error;
use std::fmt;
use std::ops::Deref;
use std::time::Duration;

use siohook_events::Shown;

use self::boxed::Boxed;
use super::advice::Advice;
use super::chain::Chain;
use crate::panics::{self, Guarded};

/// The error of a handler, with advice for the sender.
///
/// | made by | advice | reply |
/// |---|---|---|
/// | `?`, [`new`](Self::new) | try again, unless a source has other advice | 500 |
/// | [`retry_after`](Self::retry_after) | try again after a delay | 503 with `Retry-After` |
/// | [`permanent`](Self::permanent) | do not try again | 200; the failure is reported |
///
/// ```
/// use std::time::Duration;
/// use siohook::{HandlerError, account, on_event};
///
/// #[on_event("SALE_NEW")]
/// async fn grant(sale: account::SaleNew) -> Result<(), HandlerError> {
///     if sale.order_item.resources.is_empty() {
///         return Err(HandlerError::permanent("nothing to grant"));
///     }
///     let seats: u32 = "12".parse()?; // try again
///     if seats == 0 {
///         return Err(HandlerError::retry_after(Duration::from_secs(60), "no seat is free"));
///     }
///     Ok(())
/// }
/// ```
///
/// `Display` shows the error and all its sources, joined by `: `. If a text already ends with
/// the text of its source, that is not repeated. `Display` and `Debug` show at most 2 KiB, with
/// control characters escaped.
///
/// ```
/// use siohook::HandlerError;
///
/// let full = std::io::Error::other("the disk is full\n");
/// assert_eq!(HandlerError::new(full).to_string(), r"the disk is full\n");
/// ```
///
/// # In other errors
///
/// Like `anyhow::Error`, it does not implement [`std::error::Error`] itself, so that `?` can
/// convert any type that does. It dereferences to the error that it was made of, so `thiserror`
/// accepts it as a `#[source]` or `#[from]`. It converts into `Box<dyn Error + Send + Sync>`. A
/// handler may return all of these: the advice is found anywhere among the sources of an error,
/// and the outermost wins.
///
/// ```
/// use siohook::{HandlerError, account, on_event};
///
/// #[derive(Debug, thiserror::Error)]
/// enum GrantError {
///     #[error("no course for order item {0}")]
///     NoCourse(siohook::ids::OrderItemId),
///     #[error("calling the courses")]
///     Courses(#[from] HandlerError),
/// }
///
/// fn open() -> Result<(), HandlerError> {
///     Err(HandlerError::permanent("the course was deleted"))
/// }
///
/// #[on_event("SALE_NEW")]
/// fn grant(sale: account::SaleNew) -> Result<(), GrantError> {
///     if sale.order_item.resources.is_empty() {
///         return Err(GrantError::NoCourse(sale.order_item.id)); // try again
///     }
///     open()?; // failed for good: calling the courses: the course was deleted
///     Ok(())
/// }
///
/// let error = HandlerError::new(GrantError::from(open().unwrap_err()));
/// assert!(error.is_permanent());
/// assert_eq!(error.to_string(), "calling the courses: the course was deleted");
/// ```
///
/// In a handler that returns `HandlerError`, `?` does not convert a boxed error or an
/// `anyhow::Error`, because they do not implement [`std::error::Error`] either. Write
/// `.map_err(HandlerError::new)?`, which keeps their advice.
///
/// # With `anyhow`
///
/// With the feature `anyhow` it converts into `anyhow::Error`, so that a handler that
/// returns `anyhow::Result` keeps the advice through `?`, `bail!` and `.context(…)`:
///
/// ```
/// # #[cfg(feature = "anyhow")] {
/// use anyhow::Context;
/// use siohook::{HandlerError, account, on_event};
///
/// fn open(sale: &account::SaleNew) -> anyhow::Result<()> {
///     if sale.order_item.resources.is_empty() {
///         anyhow::bail!(HandlerError::permanent("nothing to grant"));
///     }
///     Ok(())
/// }
///
/// #[on_event("SALE_NEW")]
/// fn grant(sale: account::SaleNew) -> anyhow::Result<()> {
///     open(&sale).context("granting access") // failed for good: granting access: nothing to grant
/// }
/// # }
/// ```
///
/// `.context(…)` is a method of `anyhow::Result`: on a `Result<_, HandlerError>` write
/// `.map_err(anyhow::Error::from)` before it. Advice that is given as the context of
/// another error is lost.
///
/// Without the feature, `?` does not convert a `HandlerError` into `anyhow::Error`. `bail!`
/// and `anyhow!` then use its text and **lose its advice**: the sender gets 500 and tries
/// again.
pub struct HandlerError {
    error: Guarded<Box<dyn Error + Send + Sync>>,
    advice: Advice,
}

impl HandlerError {
    /// Makes an error after which the sender should try again. If there is advice in the error
    /// or its sources, that is kept. The argument is an error or a text.
    ///
    /// ```
    /// use siohook::HandlerError;
    ///
    /// let away = HandlerError::new("the database is away");
    /// assert!(!away.is_permanent());
    ///
    /// let boxed: Box<dyn std::error::Error + Send + Sync> =
    ///     HandlerError::permanent("the course was deleted").into();
    /// assert!(HandlerError::new(boxed).is_permanent());
    /// ```
    pub fn new(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        match error.into().downcast::<Boxed>() {
            Ok(boxed) => boxed.0,
            Err(error) => {
                let error = Guarded::new(error);
                Self {
                    advice: Advice::within(&**error),
                    error,
                }
            }
        }
    }

    /// Makes an error that another attempt would bring again. The sender gets 200, and the
    /// failure is reported.
    ///
    /// ```
    /// let error = siohook::HandlerError::permanent("the course was deleted");
    /// assert!(error.is_permanent());
    /// ```
    pub fn permanent(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            advice: Advice::Permanent,
            ..Self::new(error)
        }
    }

    /// Makes an error that may be over after this delay. The sender gets 503 with
    /// `Retry-After`, in whole seconds, rounded up.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use siohook::HandlerError;
    ///
    /// let error = HandlerError::retry_after(Duration::from_millis(1500), "too many requests");
    /// assert_eq!(error.delay(), Some(Duration::from_millis(1500))); // Retry-After: 2
    /// ```
    pub fn retry_after(delay: Duration, error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            advice: Advice::RetryAfter(delay),
            ..Self::new(error)
        }
    }

    /// Returns `true` if the sender should not try again.
    ///
    /// ```
    /// use siohook::HandlerError;
    ///
    /// assert!(HandlerError::permanent("nothing to grant").is_permanent());
    /// assert!(!HandlerError::new("the database is away").is_permanent());
    /// ```
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        self.advice == Advice::Permanent
    }

    /// Returns how long the sender should wait, or `None` if the error does not say.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use siohook::HandlerError;
    ///
    /// let minute = Duration::from_secs(60);
    /// assert_eq!(HandlerError::retry_after(minute, "busy").delay(), Some(minute));
    /// assert_eq!(HandlerError::new("busy").delay(), None);
    /// ```
    #[must_use]
    pub fn delay(&self) -> Option<Duration> {
        match self.advice {
            Advice::RetryAfter(delay) => Some(delay),
            Advice::Retry | Advice::Permanent => None,
        }
    }

    /// Returns the error that it was made of, for example to downcast it.
    ///
    /// ```
    /// use std::num::ParseIntError;
    ///
    /// use siohook::HandlerError;
    ///
    /// let error = HandlerError::new("x".parse::<u8>().unwrap_err());
    /// assert!(error.get_ref().is::<ParseIntError>());
    /// ```
    #[must_use]
    pub fn get_ref(&self) -> &(dyn Error + Send + Sync + 'static) {
        &**self
    }
}

/// Dereferences to the error that it was made of.
impl Deref for HandlerError {
    type Target = dyn Error + Send + Sync;

    fn deref(&self) -> &Self::Target {
        self.advice.note();
        &**self.error
    }
}

impl fmt::Display for HandlerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        panics::write(f, |f| Chain(&**self.error).fmt(f))
    }
}

impl fmt::Debug for HandlerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = format_args!("{:?}", self.error);
        f.debug_struct("HandlerError")
            .field("error", &format_args!("{}", Shown::text(error)))
            .field("advice", &self.advice)
            .finish()
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for HandlerError {
    fn from(error: E) -> Self {
        Self::new(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question_mark() -> Result<(), HandlerError> {
        "x".parse::<u8>()?;
        Ok(())
    }

    fn through_a_box() -> Result<(), Box<dyn Error + Send + Sync>> {
        Err(HandlerError::permanent("no such course"))?;
        Ok(())
    }

    #[test]
    fn an_error_without_advice_can_be_tried_again() {
        let error = question_mark().unwrap_err();
        assert_eq!(error.to_string(), "invalid digit found in string");
        assert!(!error.is_permanent() && error.delay().is_none());
    }

    #[test]
    fn advice_survives_a_box() {
        let error = HandlerError::new(through_a_box().unwrap_err());
        assert!(error.is_permanent());
        assert_eq!(error.to_string(), "no such course");
    }

    #[test]
    fn the_outermost_advice_wins() {
        let minute = Duration::from_secs(60);
        let error = HandlerError::retry_after(minute, HandlerError::permanent("later"));
        assert_eq!(error.delay(), Some(minute));
        assert_eq!(error.get_ref().to_string(), "later");
    }
}
