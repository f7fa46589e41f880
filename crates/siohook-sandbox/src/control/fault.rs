//! Errors of the control API.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::strict::Misfit;

/// An error as an answer. The text says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Fault {
    #[serde(skip)]
    pub(crate) status: StatusCode,
    pub(crate) error: String,
    /// JSON pointer, or name of a parameter.
    pub(crate) at: Option<String>,
    pub(crate) did_you_mean: Option<String>,
}

impl Fault {
    pub(crate) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Self {
            status,
            error: error.into(),
            at: None,
            did_you_mean: None,
        }
    }

    pub(crate) fn not_found(error: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, error)
    }

    /// The request is right, but not now.
    pub(crate) fn conflict(error: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, error)
    }

    pub(crate) fn invalid(at: impl Into<String>, error: impl Into<String>) -> Self {
        Self {
            at: Some(at.into()),
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, error)
        }
    }
}

impl From<Misfit> for Fault {
    fn from(misfit: Misfit) -> Self {
        Self {
            did_you_mean: misfit.did_you_mean,
            ..Self::invalid(misfit.at, misfit.error)
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        (self.status, Json(self)).into_response()
    }
}
