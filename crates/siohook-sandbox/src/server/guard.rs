//! Refuses web pages: they could make the sandbox send.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderName, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::refusal;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The name under which receivers reach the real API.
const SYSTEME_IO: &str = "api.systeme.io";

/// The names that the sandbox answers to in addition to those of loopback.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hosts {
    /// Names that were added.
    pub(crate) names: Vec<String>,
    /// Whether any address is a name of the sandbox: it listens to the network. A page of another
    /// site has a name in its requests, never an address.
    pub(crate) any_address: bool,
}

/// Checks host and origin of a request. A page of another site sends its origin, and one whose
/// name was bound to this machine sends its host.
pub(super) async fn check(
    State(hosts): State<Arc<Hosts>>,
    request: Request,
    next: Next,
) -> Response {
    match refused(&hosts, &request) {
        Some(answer) => answer,
        None => next.run(request).await,
    }
}

fn refused(hosts: &Hosts, request: &Request) -> Option<Response> {
    let path = request.uri().path();
    let text = |name| request.headers().get(name).map(|value| value.to_str().ok());
    // A proxy's request has the host in the URI.
    let in_uri = request.uri().authority().map(|one| Some(one.as_str()));
    let host = text(HOST).or(in_uri);
    let is_own = |host: &str| hosts.has(host, path.starts_with("/api"));
    if host.is_some_and(|host| !host.is_some_and(is_own)) {
        let error = "The sandbox does not answer to this host: add it with `--host`";
        return Some(refusal(path, StatusCode::MISDIRECTED_REQUEST, error));
    }
    let is_own_page = |origin: &str| {
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        authority.is_some() && host.flatten() == authority
    };
    let from_elsewhere = text(ORIGIN).is_some_and(|one| !one.is_some_and(is_own_page));
    if from_elsewhere || text(SEC_FETCH_SITE) == Some(Some("cross-site")) {
        let error = "The sandbox does not answer to pages of other sites";
        return Some(refusal(path, StatusCode::FORBIDDEN, error));
    }
    None
}

impl Hosts {
    /// Whether a host with or without a port is a name of the sandbox, or of its API.
    fn has(&self, host: &str, is_api: bool) -> bool {
        let Ok(authority) = host.parse::<Authority>() else {
            return false;
        };
        let name = authority.host().trim_end_matches('.').to_ascii_lowercase();
        if let Ok(address) = name.trim_matches(['[', ']']).parse::<IpAddr>() {
            return address.is_loopback() || self.any_address;
        }
        let is_given = self.names.iter().any(|own| own.eq_ignore_ascii_case(&name));
        let is_loopback = name == "localhost" || name.ends_with(".localhost");
        is_loopback || is_given || is_api && name == SYSTEME_IO
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        let hosts = Hosts {
            names: vec!["sandbox.example.com".to_owned()],
            any_address: false,
        };
        for own in [
            "localhost",
            "localhost:7400",
            "a.localhost",
            "127.0.0.1:7400",
            "[::1]:7400",
            "sandbox.example.com:80",
            "127.9.9.9",
        ] {
            assert!(hosts.has(own, false), "{own}");
        }
        for foreign in [
            "",
            "example.com",
            "localhost.example.com",
            "0.0.0.0",
            "203.0.113.1",
            "a b",
            "xlocalhost",
            "127.0.0.1.example.com",
        ] {
            assert!(!hosts.has(foreign, true), "{foreign}");
        }
        assert!(hosts.has("API.systeme.io", true));
        assert!(!hosts.has("api.systeme.io", false));

        let exposed = Hosts {
            any_address: true,
            ..hosts
        };
        assert!(exposed.has("203.0.113.1:7400", false));
        assert!(!exposed.has("example.com", false));
    }
}
