//! Refuses web pages: they could make the sandbox send.

use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderName, StatusCode};

use super::problem::Problem;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Checks host and origin of a request. A page of another site sends its origin, and one whose
/// name was bound to this machine sends its host.
pub(super) fn check(request: &Request, hosts: &[String]) -> Result<(), Problem> {
    let text = |name| request.headers().get(name).map(|value| value.to_str().ok());
    // HTTP/2 has the host in the URI.
    let in_uri = request.uri().authority().map(|one| Some(one.as_str()));
    let host = text(HOST).or(in_uri);
    if let Some(host) = host
        && !host.is_some_and(|host| is_own(host, hosts))
    {
        let detail = "The sandbox does not answer to this host".to_owned();
        return Err(Problem::Status(StatusCode::MISDIRECTED_REQUEST, detail));
    }
    let is_own_page = |origin: &str| {
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        authority.is_some() && host.flatten() == authority
    };
    let from_elsewhere = text(ORIGIN).is_some_and(|one| !one.is_some_and(is_own_page));
    if from_elsewhere || text(SEC_FETCH_SITE) == Some(Some("cross-site")) {
        let detail = "The sandbox does not answer to pages of other sites".to_owned();
        return Err(Problem::Status(StatusCode::FORBIDDEN, detail));
    }
    Ok(())
}

/// Whether a host with or without a port is a name of the sandbox.
fn is_own(host: &str, hosts: &[String]) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    let name = authority.host().trim_end_matches('.').to_ascii_lowercase();
    let is_loopback = match name.trim_matches(['[', ']']).parse::<std::net::IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => name == "localhost" || name.ends_with(".localhost"),
    };
    let is_given = hosts.iter().any(|own| own.eq_ignore_ascii_case(&name));
    is_loopback || is_given || name == "api.systeme.io"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        let hosts = ["sandbox.example.com".to_owned()];
        let own = [
            "localhost",
            "localhost:7400",
            "a.localhost",
            "127.0.0.1:7400",
            "[::1]:7400",
        ];
        for own in own
            .into_iter()
            .chain(["API.systeme.io", "sandbox.example.com:80", "127.9.9.9"])
        {
            assert!(is_own(own, &hosts), "{own}");
        }
        let foreign = [
            "",
            "example.com",
            "localhost.example.com",
            "0.0.0.0",
            "203.0.113.1",
            "a b",
        ];
        for foreign in foreign
            .into_iter()
            .chain(["xlocalhost", "127.0.0.1.example.com"])
        {
            assert!(!is_own(foreign, &hosts), "{foreign}");
        }
    }
}
