use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::violation::Violation;
use crate::body::BodyError;

/// The `type` of all errors but 401.
const TYPE: &str = "https://tools.ietf.org/html/rfc2616#section-10";

/// An error as an answer.
#[derive(Debug)]
pub(super) enum Problem {
    /// No API key.
    NoKey,
    /// An API key that is not one of the account's.
    WrongKey,
    /// A status with the text of its `detail`.
    Status(StatusCode, String),
    /// Values that are refused.
    Invalid(Vec<Violation>),
}

impl Problem {
    pub(super) fn not_found() -> Self {
        Self::Status(StatusCode::NOT_FOUND, "Not Found".to_owned())
    }

    pub(super) fn bad_request(detail: impl Into<String>) -> Self {
        Self::Status(StatusCode::BAD_REQUEST, detail.into())
    }
}

impl From<BodyError> for Problem {
    fn from(error: BodyError) -> Self {
        let (status, detail) = match error {
            BodyError::TooLong => (StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large"),
            BodyError::TooSlow => (StatusCode::REQUEST_TIMEOUT, "Request Timeout"),
            BodyError::Broken => (StatusCode::BAD_REQUEST, "The body broke off"),
        };
        Self::Status(status, detail.to_owned())
    }
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    violations: Option<&'a [Violation]>,
}

impl<'a> Document<'a> {
    fn new(detail: &'a str) -> Self {
        Self {
            r#type: Some(TYPE),
            title: Some("An error occurred"),
            detail,
            violations: None,
        }
    }

    /// The document of 401, which has no more members.
    fn bare(detail: &'a str) -> Self {
        Self {
            r#type: None,
            title: None,
            ..Self::new(detail)
        }
    }

    fn answer(&self, status: StatusCode) -> Response {
        let body = serde_json::to_vec(self).expect("texts are JSON");
        let mut answer = (status, Body::from(body)).into_response();
        let media_type = HeaderValue::from_static("application/problem+json");
        answer.headers_mut().insert(CONTENT_TYPE, media_type);
        answer
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        match self {
            Self::NoKey => {
                Document::bare("Full authentication is required to access this resource.")
                    .answer(StatusCode::UNAUTHORIZED)
            }
            Self::WrongKey => {
                let mut answer =
                    Document::bare("Invalid API Key.").answer(StatusCode::UNAUTHORIZED);
                let challenge = HeaderValue::from_static("API Key");
                answer.headers_mut().insert(WWW_AUTHENTICATE, challenge);
                answer
            }
            Self::Status(status, detail) => Document::new(&detail).answer(status),
            Self::Invalid(violations) => {
                let lines: Vec<_> = violations.iter().map(Violation::to_string).collect();
                let detail = lines.join("\n");
                let violations = Some(&*violations);
                Document {
                    violations,
                    ..Document::new(&detail)
                }
                .answer(StatusCode::UNPROCESSABLE_ENTITY)
            }
        }
    }
}
