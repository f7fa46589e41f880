//! Keeps everything out but the page that this run opened.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::problem::Problem;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The page asks nothing but this server, runs nothing but its files, and makes no markup of texts.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Headers of each answer.
pub(super) const HEADERS: &[(&str, &str)] = &[
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cache-control", "no-store"),
];

/// What the page shows to be let in. It has no `Debug`, which would show it.
pub(super) struct Key(String);

impl Key {
    /// 128 random bits, as hex.
    pub(super) fn random() -> Self {
        // A random UUID has 122 random bits.
        let seed = [Uuid::new_v4(), Uuid::new_v4()].map(Uuid::into_bytes);
        let digest = Sha256::digest(seed.concat());
        let bits = digest.iter().take(16);
        Self(bits.map(|byte| format!("{byte:02x}")).collect())
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// Compares digests: how long that takes tells nothing of the key.
    fn is(&self, given: &[u8]) -> bool {
        Sha256::digest(&self.0) == Sha256::digest(given)
    }
}

pub(super) struct Guard {
    hosts: [String; 3],
    key: Key,
}

impl Guard {
    pub(super) fn new(port: u16, key: Key) -> Self {
        let hosts = ["127.0.0.1", "[::1]", "localhost"].map(|host| format!("{host}:{port}"));
        Self { hosts, key }
    }

    /// Why a request is refused.
    fn refusal(&self, request: &Request) -> Option<Problem> {
        let refused = |status, error| Some(Problem::new(status, error));
        if !self.is_own_host(request) {
            let error = "the inspector does not answer to this host";
            return refused(StatusCode::MISDIRECTED_REQUEST, error);
        }
        if !is_api(request.uri().path()) {
            return None;
        }
        let site = request.headers().get(SEC_FETCH_SITE);
        if site.is_some_and(|site| site != "same-origin") {
            let error = "the inspector does not answer to other sites";
            return refused(StatusCode::FORBIDDEN, error);
        }
        let given = request.headers().get(AUTHORIZATION);
        let given = given.and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
        if !given.is_some_and(|given| self.key.is(given)) {
            let error = "the key is missing or of another run: open the address that \
                         `siohook listen` printed";
            return refused(StatusCode::UNAUTHORIZED, error);
        }
        let changes = ![Method::GET, Method::HEAD].contains(request.method());
        let media_type = request.headers().get(CONTENT_TYPE);
        if changes && media_type.is_none_or(|media_type| media_type != "application/json") {
            let error = "what changes something has `Content-Type: application/json`";
            return refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, error);
        }
        None
    }

    /// Whether the request names this server, once, as its page does.
    fn is_own_host(&self, request: &Request) -> bool {
        let own = |host: &[u8]| self.hosts.iter().any(|own| own.as_bytes() == host);
        let mut hosts = request.headers().get_all(HOST).iter();
        let host = hosts.next();
        let is_own = host.is_some_and(|host| own(host.as_bytes())) && hosts.next().is_none();
        let in_uri = request.uri().authority();
        is_own && in_uri.is_none_or(|in_uri| own(in_uri.as_str().as_bytes()))
    }
}

fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// Refuses a request or lets it pass, and adds the headers of each answer.
pub(super) async fn check(
    State(guard): State<Arc<Guard>>,
    request: Request,
    next: Next,
) -> Response {
    let mut answer = match guard.refusal(&request) {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    };
    for (name, value) in HEADERS {
        let value = HeaderValue::from_static(value);
        answer
            .headers_mut()
            .insert(HeaderName::from_static(name), value);
    }
    answer
}
