//! Errors of the control API.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::ALLOW;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::strict::Misfit;

/// An error as an answer. The text says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Fault {
    #[serde(skip)]
    pub(crate) status: StatusCode,
    pub(crate) error: String,
    /// JSON pointer, or name of a parameter. `None` for the whole request.
    pub(crate) at: Option<String>,
    pub(crate) did_you_mean: Option<String>,
    /// The methods that the path has, if the request has another one.
    #[serde(skip)]
    pub(crate) allow: Option<String>,
}

impl Fault {
    pub(crate) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Self {
            status,
            error: error.into(),
            at: None,
            did_you_mean: None,
            allow: None,
        }
    }

    pub(crate) fn not_found(error: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, error)
    }

    pub(crate) fn not_allowed(allow: &[&str]) -> Self {
        let allow = allow.join(", ");
        let error = format!("this path has the methods {allow}");
        Self {
            allow: Some(allow),
            ..Self::new(StatusCode::METHOD_NOT_ALLOWED, error)
        }
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
            at: (!misfit.at.is_empty()).then_some(misfit.at),
            did_you_mean: misfit.did_you_mean,
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, misfit.error)
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let allow = self.allow.as_deref().and_then(|allow| allow.parse().ok());
        let mut response = (self.status, Json(self)).into_response();
        if let Some(allow) = allow {
            response.headers_mut().insert(ALLOW, allow);
        }
        response
    }
}
