use std::net::IpAddr;

use http::Uri;

use super::Refusal;

/// Scheme, host and port of a receiver's URL.
///
/// ```
/// use siohook_sandbox::AllowList;
///
/// let destination = AllowList::new().check("https://Shop.test/systeme").unwrap();
/// assert!(destination.is_https());
/// assert_eq!((destination.host(), destination.port()), ("shop.test", 443));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Destination {
    is_https: bool,
    host: String,
    port: u16,
}

impl Destination {
    pub(super) fn parse(url: &str) -> Result<Self, Refusal> {
        let url = url.split('#').next().unwrap_or_default();
        let is_https = match url.split_once("://") {
            Some(("http", _)) => false,
            Some(("https", _)) => true,
            Some(_) => return Err(Refusal::Scheme),
            None => return Err(Refusal::NotUrl),
        };
        let uri: Uri = url.parse().map_err(|_| Refusal::NotUrl)?;
        let authority = uri.authority().ok_or(Refusal::NotUrl)?;
        if authority.as_str().contains('@') {
            return Err(Refusal::Credentials);
        }
        let host = authority.host().trim_matches(['[', ']']);
        if host.is_empty() {
            return Err(Refusal::NotUrl);
        }
        let port = match authority.as_str().rsplit_once(':') {
            Some((_, port)) if !port.ends_with(']') => port.parse().map_err(|_| Refusal::NotUrl)?,
            _ if is_https => 443,
            _ => 80,
        };
        Ok(Self {
            is_https,
            host: normalized(host),
            port,
        })
    }

    /// Returns whether the scheme is `https`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// Returns the host in lower case, without a final dot or brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns the port: that of the URL, or that of the scheme.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Scheme, host and port as a URL has them.
    pub(crate) fn origin(&self) -> String {
        let (scheme, default) = if self.is_https {
            ("https", 443)
        } else {
            ("http", 80)
        };
        let is_ipv6 = self.host.contains(':');
        let host = if is_ipv6 {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        };
        match self.port {
            port if port == default => format!("{scheme}://{host}"),
            port => format!("{scheme}://{host}:{port}"),
        }
    }

    /// The address, if the host is one.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }
}

/// A host in lower case, without the final dot of an absolute name.
pub(super) fn normalized(host: &str) -> String {
    let host = host.strip_suffix('.').unwrap_or(host);
    host.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_no_port_that_its_scheme_implies() {
        for (url, origin) in [
            (
                "http://127.0.0.1:3000/systeme?token=a",
                "http://127.0.0.1:3000",
            ),
            ("https://Shop.test:443/", "https://shop.test"),
            ("http://[::1]:443", "http://[::1]:443"),
            ("http://[::1]", "http://[::1]"),
        ] {
            assert_eq!(Destination::parse(url).unwrap().origin(), origin);
        }
    }
}
