use std::fmt;
use std::net::IpAddr;

use http::Uri;
use http::uri::Scheme;

use crate::BuildError;

/// Where the API is, without a slash at the end: `https://api.systeme.io/api`.
pub(super) struct Base {
    text: String,
    is_https: bool,
    is_local: bool,
}

impl Base {
    pub(super) fn parse(text: &str) -> Result<Self, BuildError> {
        let wrong = || {
            BuildError::new("the URL of the API has to be one such as `https://api.systeme.io/api`")
        };
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let is_https = uri.scheme() == Some(&Scheme::HTTPS);
        let is_http = is_https || uri.scheme() == Some(&Scheme::HTTP);
        let authority = uri.authority().ok_or_else(wrong)?;
        let has_user = authority.as_str().contains('@');
        if !is_http || has_user || authority.host().is_empty() || uri.query().is_some() {
            return Err(wrong());
        }
        Ok(Self {
            text: text.trim_end_matches('/').to_owned(),
            is_https,
            is_local: is_local(authority.host()),
        })
    }

    pub(super) fn is_https(&self) -> bool {
        self.is_https
    }

    /// Whether no other machine can read what is sent.
    pub(super) fn is_private(&self) -> bool {
        self.is_https || self.is_local
    }
}

fn is_local(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    let is_name = host == "localhost" || host.ends_with(".localhost");
    is_name || address.is_ok_and(|address| address.is_loopback())
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
