use std::error::Error;
use std::fmt;

/// Error of a sample that can't be made or edited.
///
/// The text lists what exists instead, and suggests a similar name. The methods that panic
/// have the same text.
///
/// ```
/// # mod siohook { pub use siohook_sender as testing; }
/// use siohook::testing::Sample;
///
/// let error = Sample::of("contact.tag.added").try_set("/contact/emial", "").unwrap_err();
/// let text = error.to_string();
/// assert!(text.starts_with("contact.tag.added: there is no `/contact/emial`"));
/// assert!(text.ends_with("did you mean `/contact/email`?"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleError(Box<str>);

impl SampleError {
    pub(crate) fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// Returns the similar pointer or name that the text suggests.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// use siohook::testing::Sample;
    ///
    /// let sale = Sample::of("SALE_NEW");
    /// let error = sale.clone().try_set("/custmer/email", "").unwrap_err();
    /// assert_eq!(error.suggestion(), Some("/customer/email"));
    /// let error = sale.try_set("/order/7", "").unwrap_err();
    /// assert_eq!(error.suggestion(), None);
    /// ```
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        let (_, rest) = self.0.rsplit_once("did you mean `")?;
        rest.split_once("`?").map(|(name, _)| name)
    }
}

impl fmt::Display for SampleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for SampleError {}

/// Panics with the error's text, at the line that called the method.
#[track_caller]
pub(crate) fn or_panic<T>(result: Result<T, SampleError>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}
