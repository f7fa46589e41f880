use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use siohook_events::Timestamp;

use super::Api;
use super::input::Input;
use super::problem::Problem;
use super::query::Query;
use super::violation::BLANK;
use super::violations::Violations;
use crate::Outgoing;
use crate::body::read_body;
use crate::state::{Change, Refusal, State};

/// The longest body of a request: 1 MiB.
pub(crate) const LONGEST_BODY: usize = 1 << 20;

/// Names of the members of a request's body that the API ignored. The response carries them as
/// an extension, for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ignored(pub(crate) Vec<String>);

/// A liberty that the API took with a request, and systeme.io may not take. The response carries
/// it as an extension, for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note(pub(crate) String);

/// What an operation reads from the body, with the name of its schema.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reads {
    Nothing,
    Json(&'static str),
    MergePatch(&'static str),
}

impl Reads {
    /// The media type of the body and the name of its schema.
    pub(super) fn body(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Nothing => None,
            Self::Json(schema) => Some(("application/json", schema)),
            Self::MergePatch(schema) => Some(("application/merge-patch+json", schema)),
        }
    }
}

/// What is done for a request.
pub(super) type Operation = fn(&mut Call<'_>) -> Result<Response, Problem>;

/// A request on its way through an operation.
pub(super) struct Call<'a> {
    pub(super) state: &'a mut State,
    pub(super) now: Timestamp,
    pub(super) query: Query,
    pub(super) input: Input,
    path: Vec<String>,
    outgoing: Vec<Outgoing>,
}

impl Call<'_> {
    /// The parameter of the path at this index.
    pub(super) fn key(&self, index: usize) -> &str {
        self.path.get(index).map_or("", String::as_str)
    }

    /// The parameter of the path at this index as an id.
    pub(super) fn id(&self, index: usize) -> Result<u64, Problem> {
        let key = self.key(index);
        let is_number = key.bytes().all(|digit| digit.is_ascii_digit());
        let id = key.parse().ok().filter(|_| is_number);
        id.ok_or_else(Problem::not_found)
    }

    /// Reads the id of an object that has to exist. The id is 0 if it is refused.
    pub(super) fn reference(
        &mut self,
        name: &str,
        kind: &str,
        violations: &mut Violations,
        exists: impl FnOnce(&State, u64) -> bool,
    ) -> Result<u64, Problem> {
        let Some(given) = self.input.integer(name)? else {
            violations.add(name, BLANK);
            return Ok(0);
        };
        let id = u64::try_from(given).unwrap_or_default();
        if !exists(self.state, id) {
            violations.add_unknown(name, kind, given);
        }
        Ok(id)
    }

    /// Changes the account, and sends what follows.
    pub(super) fn apply(&mut self, change: Change) -> Result<Option<u64>, Refusal> {
        let applied = self.state.apply(change, self.now)?;
        self.outgoing.extend(applied.outgoing);
        Ok(applied.id)
    }
}

/// Performs the operation for a request.
pub(super) async fn answer(
    api: &Api,
    reads: Reads,
    operation: Operation,
    request: Request,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let read = read(&mut parts, body, reads).await;
    read.map_or_else(IntoResponse::into_response, |(path, input)| {
        let query = Query::parse(parts.uri.query());
        perform(api, &parts.method, operation, path, query, input)
    })
}

fn perform(
    api: &Api,
    method: &Method,
    operation: Operation,
    path: Vec<String>,
    query: Query,
    input: Input,
) -> Response {
    api.account.perform(
        method,
        Box::new(|state, now| {
            let mut call = Call {
                state,
                now,
                query,
                input,
                path,
                outgoing: vec![],
            };
            let mut response = operation(&mut call).into_response();
            let ignored = call.input.unread();
            if !ignored.is_empty() {
                response.extensions_mut().insert(Ignored(ignored));
            }
            if let Some(note) = call.input.note() {
                response.extensions_mut().insert(Note(note));
            }
            (response, call.outgoing)
        }),
    )
}

async fn read(
    parts: &mut Parts,
    body: Body,
    reads: Reads,
) -> Result<(Vec<String>, Input), Problem> {
    let path = RawPathParams::from_request_parts(parts, &()).await;
    let path = path.map_err(|_| Problem::not_found())?;
    let path = path.iter().map(|(_, value)| value.to_owned()).collect();
    let Some((media_type, _)) = reads.body() else {
        return Ok((path, Input::default()));
    };
    check_media_type(&parts.headers, media_type)?;
    let body = read_body(body, LONGEST_BODY).await?;
    Ok((path, Input::parse(&body)?))
}

fn check_media_type(headers: &HeaderMap, wanted: &str) -> Result<(), Problem> {
    let given = headers.get(CONTENT_TYPE).and_then(|one| one.to_str().ok());
    let given = given.unwrap_or_default();
    let media_type = given.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
    let detail = format!(
        r#"The content-type "{given}" is not supported. Supported MIME types are "{wanted}"."#
    );
    Err(Problem::Status(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail))
}

/// An answer of JSON.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    let body = serde_json::to_vec(value).expect("answers are JSON");
    let mut answer = (status, Body::from(body)).into_response();
    let media_type = HeaderValue::from_static("application/json; charset=utf-8");
    answer.headers_mut().insert(CONTENT_TYPE, media_type);
    answer
}

/// 200 with this JSON.
pub(super) fn found(value: &impl Serialize) -> Response {
    json(StatusCode::OK, value)
}

/// 201 with this JSON.
pub(super) fn created(value: &impl Serialize) -> Response {
    json(StatusCode::CREATED, value)
}

/// 204.
pub(super) fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// 204 if the object existed.
pub(super) fn deleted(existed: bool) -> Result<Response, Problem> {
    existed.then(no_content).ok_or_else(Problem::not_found)
}
