//! Parses and checks the URL of a request.

use std::net::Ipv6Addr;

/// The parts of a URL.
pub(super) struct Url<'a> {
    /// `https://example.com:8443`, or empty if the URL is only a path.
    pub(super) origin: &'a str,
    /// `example.com:8443`
    pub(super) host: &'a str,
    /// The rest: empty, a path, or only a query.
    rest: &'a str,
}

impl<'a> Url<'a> {
    pub(super) fn parse(url: &'a str) -> Result<Self, &'static str> {
        // A fragment is not sent.
        let url = url.split('#').next().unwrap_or_default();
        let is_allowed =
            |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?[]@!$&'()*+,;=%".contains(&byte);
        if !url.bytes().all(is_allowed) {
            return Err("has a character that has to be percent-encoded");
        }
        if url.starts_with('/') {
            return Ok(Self {
                origin: "",
                host: "localhost",
                rest: url,
            });
        }
        let after_scheme = ["http://", "https://"]
            .iter()
            .find_map(|scheme| url.strip_prefix(scheme))
            .ok_or("begins with neither `http://`, `https://` nor `/`")?;
        let end = after_scheme.find(['/', '?']).unwrap_or(after_scheme.len());
        let (host, rest) = after_scheme.split_at(end);
        check_host(host)?;
        let (origin, _) = url.split_at(url.len() - rest.len());
        Ok(Self { origin, host, rest })
    }

    /// The target of the request, with `parameter` appended unless it is empty.
    pub(super) fn target_with(&self, parameter: &str) -> String {
        let path = if self.rest.starts_with('/') { "" } else { "/" };
        let separator = match self.rest.as_bytes() {
            _ if parameter.is_empty() => "",
            [.., b'?' | b'&'] => "",
            rest if rest.contains(&b'?') => "&",
            _ => "?",
        };
        format!("{path}{}{separator}{parameter}", self.rest)
    }
}

fn check_host(host: &str) -> Result<(), &'static str> {
    let port = if let Some(rest) = host.strip_prefix('[') {
        let (address, port) = rest.split_once(']').ok_or("has a `[` without a `]`")?;
        let address = address.parse::<Ipv6Addr>();
        address.map_err(|_| "has something between `[` and `]` that is not an IPv6 address")?;
        port
    } else {
        let (name, port) = host.split_at(host.find(':').unwrap_or(host.len()));
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        if name.is_empty() {
            return Err("has no host");
        }
        if !name.bytes().all(is_allowed) {
            return Err("has a host that is neither a name nor an address");
        }
        port
    };
    let is_number = |digits: &str| !digits.starts_with('+') && digits.parse::<u16>().is_ok();
    if port.is_empty() || port.strip_prefix(':').is_some_and(is_number) {
        return Ok(());
    }
    Err("has a port that is not a number up to 65535")
}
