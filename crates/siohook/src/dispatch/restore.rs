//! Deliveries that were stored.

use std::error::Error;
use std::fmt;

use bytes::Bytes;

use super::Dispatcher;
use crate::delivery::{Delivery, Record, UnknownVersion};
use crate::verify::{self, Rejection};

impl Dispatcher {
    /// Makes a delivery of its [record](Delivery::to_record) and its body.
    ///
    /// Handlers get the same answers from it as from the first one, its
    /// [`key`](Delivery::key) is the same, and so is its payload. It lacks the
    /// [`Extension`](crate::Extension)s of the request.
    ///
    /// Nothing is verified again: the record says why the delivery is
    /// [trusted](Record#trust). Hooks and metrics don't count it as a request. The redelivery
    /// memory takes a signed delivery and the one that was restored from it for two, because the
    /// signature is not in the record.
    ///
    /// ```
    /// use siohook::{Dispatcher, Record, Report};
    ///
    /// # type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
    /// async fn run(dispatcher: &Dispatcher, record: &str, body: Vec<u8>) -> Result<Report> {
    ///     let record: Record = serde_json::from_str(record)?;
    ///     let delivery = dispatcher.restore(record, body.into())?;
    ///     Ok(dispatcher.dispatch(&delivery).await)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// * The record has a version that this version of siohook does not know.
    /// * The body is not one of the record's mechanism and event.
    pub fn restore(&self, record: Record, body: Bytes) -> Result<Delivery, RestoreError> {
        let parts = record
            .into_parts(body)
            .map_err(|UnknownVersion(version)| RestoreError::UnknownVersion(version))?;
        let parser = self.core.routes.parser(&parts.event, parts.mechanism);
        verify::restore(parts, parser).map_err(RestoreError::Body)
    }
}

/// Error of [`Dispatcher::restore`]. Its text holds no part of the body.
///
/// ```standalone_crate
/// # let dispatcher = siohook::Dispatcher::builder().accept_unverified().allow_no_handlers().build()?;
/// # let body = r#"{"type": "ping", "data": {}}"#;
/// # let delivery = dispatcher.verify(siohook::Incoming::post(body))?;
/// use siohook::{Record, RestoreError};
///
/// let record: Record = serde_json::from_str(r#"{"version": 7}"#)?;
/// let error = dispatcher.restore(record, "{}".into()).unwrap_err();
/// assert_eq!(error, RestoreError::UnknownVersion(7));
/// assert_eq!(
///     error.to_string(),
///     "the record has version 7, which this version of siohook does not know",
/// );
///
/// let error = dispatcher.restore(delivery.to_record(), "{".into()).unwrap_err();
/// assert!(error.to_string().starts_with("the body does not fit its record: automation: "));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RestoreError {
    /// The record has a version that this version of siohook does not know. A newer one wrote it.
    UnknownVersion(u64),
    /// The body is not one of the record's mechanism and event.
    Body(Rejection),
}

impl fmt::Display for RestoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownVersion(version) => write!(
                f,
                "the record has version {version}, which this version of siohook does not know"
            ),
            Self::Body(rejection) => write!(f, "the body does not fit its record: {rejection}"),
        }
    }
}

impl Error for RestoreError {}
