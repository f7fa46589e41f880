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
