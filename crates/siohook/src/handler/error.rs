use std::error::Error;
use std::fmt;
use std::time::Duration;

/// Why a handler failed, and what the sender should do about it.
///
/// `?` makes one of any error, which means "try again": the sender gets 500.
/// [`permanent`](Self::permanent) means that another attempt is of no use: the
/// sender gets 200, and the failure is reported. [`retry_after`](Self::retry_after)
/// means "not before": the sender gets 503 with `Retry-After`.
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
/// Like `anyhow::Error`, it does not implement [`std::error::Error`] itself, so
/// that it can be made of any type that does; as `Box<dyn Error + Send + Sync>`
/// it keeps its advice.
pub struct HandlerError {
    error: Box<dyn Error + Send + Sync>,
    advice: Advice,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Advice {
    Retry,
    RetryAfter(Duration),
    Permanent,
}

impl HandlerError {
    /// A failure after which the sender should try again: of any error, or a
    /// text.
    pub fn new(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        match error.into().downcast::<Boxed>() {
            Ok(boxed) => boxed.0,
            Err(error) => Self {
                error,
                advice: Advice::Retry,
            },
        }
    }

    /// A failure that another attempt would not mend.
    pub fn permanent(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            advice: Advice::Permanent,
            ..Self::new(error)
        }
    }

    /// A failure that may be over after a while. The sender is told whole
    /// seconds, rounded up.
    pub fn retry_after(delay: Duration, error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            advice: Advice::RetryAfter(delay),
            ..Self::new(error)
        }
    }

    /// Whether another attempt is of no use.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        self.advice == Advice::Permanent
    }

    /// How long the sender should wait, if that was said.
    #[must_use]
    pub fn delay(&self) -> Option<Duration> {
        match self.advice {
            Advice::RetryAfter(delay) => Some(delay),
            Advice::Retry | Advice::Permanent => None,
        }
    }

    /// The error that it was made of.
    #[must_use]
    pub fn get_ref(&self) -> &(dyn Error + Send + Sync + 'static) {
        &*self.error
    }
}

impl fmt::Display for HandlerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl fmt::Debug for HandlerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerError")
            .field("error", &self.error)
            .field("advice", &self.advice)
            .finish()
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for HandlerError {
    fn from(error: E) -> Self {
        Self::new(error)
    }
}

impl From<HandlerError> for Box<dyn Error + Send + Sync> {
    fn from(error: HandlerError) -> Self {
        Box::new(Boxed(error))
    }
}

/// A handler's error on its way through a `Box<dyn Error>`.
#[derive(Debug)]
struct Boxed(HandlerError);

impl fmt::Display for Boxed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for Boxed {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.error.source()
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
    fn any_error_means_try_again() {
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
    fn the_last_advice_counts() {
        let minute = Duration::from_secs(60);
        let error = HandlerError::retry_after(minute, HandlerError::permanent("later"));
        assert_eq!(error.delay(), Some(minute));
        assert_eq!(error.get_ref().to_string(), "later");
    }
}
