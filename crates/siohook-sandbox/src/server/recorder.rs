//! Writes the log of calls to systeme.io's API.

use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::sleep;

use crate::account::{Account, ApiRequest, Event};
use crate::api::{Ignored, LONGEST_BODY, Note, refusal, unreadable};
use crate::body::read_body;

/// The part of a body that the log has: 64 KiB.
const KEPT: usize = 64 << 10;

pub(super) async fn record(
    State(account): State<Arc<Account>>,
    request: Request,
    next: Next,
) -> Response {
    let start = Instant::now();
    let fate = account.sender.storm().call();
    if let Some(latency) = fate.latency {
        sleep(latency).await;
    }
    let (parts, body) = request.into_parts();
    let (method, uri) = (parts.method.to_string(), parts.uri.clone());
    let body = read_body(body, LONGEST_BODY).await;
    let request_body = body.as_ref().map(kept).unwrap_or_default();
    let response = match body {
        Ok(_) if fate.status.is_some() => refused(fate.status),
        Ok(body) => next.run(Request::from_parts(parts, Body::from(body))).await,
        Err(error) => unreadable(error),
    };
    let (parts, body) = response.into_parts();
    // Answers of the API are whole documents in memory.
    let body = read_body(body, usize::MAX).await.unwrap_or_default();
    let ignored = parts.extensions.get::<Ignored>();
    let note = parts.extensions.get::<Note>();
    let logged = account.requests.push(ApiRequest {
        id: 0,
        at: account.clock().now(),
        ms: u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
        method,
        path: uri
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned(),
        status: parts.status.as_u16(),
        request_body,
        response_body: kept(&body),
        ignored: ignored.map(|ignored| ignored.0.clone()).unwrap_or_default(),
        note: note.map(|note| note.0.clone()),
        chaos: fate.hits(),
    });
    account.events.push(Event::Request(logged));
    Response::from_parts(parts, Body::from(body))
}

/// The answer that chaos gives.
fn refused(status: Option<u16>) -> Response {
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let mut answer = refusal(status, status.canonical_reason().unwrap_or_default());
    if status == StatusCode::TOO_MANY_REQUESTS {
        answer.headers_mut().insert(RETRY_AFTER, 1.into());
    }
    answer
}

/// The part of a body that is kept, without the memory of the rest.
fn kept(body: &Bytes) -> Bytes {
    match body.get(..KEPT) {
        Some(part) => Bytes::copy_from_slice(part),
        None => body.clone(),
    }
}
