//! Who may call, and how often.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use siohook_events::Timestamp;

use super::problem::Problem;
use super::{Api, Backend};

const API_KEY: &str = "x-api-key";

/// Counts requests in windows of time.
pub(super) struct Limiter {
    requests: u32,
    seconds: u32,
    enforced: bool,
    window: Mutex<Window>,
}

#[derive(Default)]
struct Window {
    /// Unix time in seconds.
    start: i64,
    used: u32,
}

/// The numbers in the headers of each answer. The real ones are unknown.
impl Default for Limiter {
    fn default() -> Self {
        Self {
            enforced: false,
            ..Self::new(100, 60)
        }
    }
}

/// What a request may do.
struct Allowance {
    remaining: u32,
    /// Seconds to the next window.
    refill: i64,
    refused: bool,
}

impl Limiter {
    pub(super) fn new(requests: u32, seconds: u32) -> Self {
        Self {
            requests,
            seconds: seconds.max(1),
            enforced: true,
            window: Mutex::default(),
        }
    }

    fn count(&self, now: Timestamp) -> Allowance {
        let (now, length) = (now.unix_seconds(), i64::from(self.seconds));
        if !self.enforced {
            return Allowance {
                remaining: self.requests,
                refill: length,
                refused: false,
            };
        }
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if !(0..length).contains(&(now - window.start)) {
            *window = Window {
                start: now,
                used: 0,
            };
        }
        let refused = window.used >= self.requests;
        window.used += u32::from(!refused);
        Allowance {
            remaining: self.requests - window.used,
            refill: window.start + length - now,
            refused,
        }
    }
}

fn check_key(account: &dyn Backend, headers: &HeaderMap) -> Result<(), Problem> {
    let given = headers.get(API_KEY).filter(|given| !given.is_empty());
    let given = given.ok_or(Problem::NoKey)?.as_bytes();
    let is_key = account.accepts_key(given);
    is_key.then_some(()).ok_or(Problem::WrongKey)
}

/// Refuses what may not call, and writes the headers of the limit.
pub(super) async fn gate(State(api): State<Arc<Api>>, request: Request, next: Next) -> Response {
    let allowance = api.limiter.count(api.account.now());
    let mut answer = match check_key(&*api.account, request.headers()) {
        Err(problem) => problem.into_response(),
        Ok(()) if allowance.refused => {
            let detail = "Too Many Requests".to_owned();
            let problem = Problem::Status(StatusCode::TOO_MANY_REQUESTS, detail);
            let mut answer = problem.into_response();
            let wait = HeaderValue::from(allowance.refill);
            answer.headers_mut().insert(RETRY_AFTER, wait);
            answer
        }
        Ok(()) => next.run(request).await,
    };
    let numbers = [
        ("x-ratelimit-limit", i64::from(api.limiter.requests)),
        ("x-ratelimit-remaining", i64::from(allowance.remaining)),
        ("x-ratelimit-refill", allowance.refill),
    ];
    let numbers = numbers.map(|(name, number)| (HeaderName::from_static(name), number.into()));
    answer.headers_mut().extend(numbers);
    answer
}
