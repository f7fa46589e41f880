//! Bodies of requests.

use std::error::Error;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use http_body_util::LengthLimitError;
use tokio::time::timeout;

/// The time for the whole body of a request.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Why a body could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyError {
    TooLong,
    TooSlow,
    Broken,
}

/// Reads a body up to a limit, in bytes.
pub(crate) async fn read_body(body: Body, longest: usize) -> Result<Bytes, BodyError> {
    let read = timeout(TIMEOUT, to_bytes(body, longest)).await;
    let read = read.map_err(|_| BodyError::TooSlow)?;
    read.map_err(|error| {
        let source = Error::source(&error);
        if source.is_some_and(<dyn Error>::is::<LengthLimitError>) {
            BodyError::TooLong
        } else {
            BodyError::Broken
        }
    })
}
