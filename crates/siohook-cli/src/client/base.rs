use std::fmt;
use std::str::FromStr;

use hyper::Uri;

/// Where a sandbox is: `http://127.0.0.1:7400`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Base {
    host: String,
    port: u16,
}

impl Base {
    /// Host and port to connect to.
    pub(super) fn address(&self) -> (&str, u16) {
        (self.host.trim_matches(['[', ']']), self.port)
    }

    /// Host and port as the header `host` has them.
    pub(super) fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}", self.authority())
    }
}

impl FromStr for Base {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "write scheme, host and port: `http://127.0.0.1:7400`";
        let uri: Uri = text.parse().map_err(|_| wrong)?;
        if uri.scheme_str() == Some("https") {
            return Err(
                "write `http://`: a sandbox with a certificate answers it at the same port",
            );
        }
        let authority = uri.authority().ok_or(wrong)?;
        let is_plain = uri.scheme_str() == Some("http")
            && uri.path_and_query().is_none_or(|path| path == "/")
            && !authority.as_str().contains('@')
            && !authority.host().is_empty();
        if !is_plain {
            return Err(wrong);
        }
        Ok(Self {
            host: authority.host().to_owned(),
            port: authority.port_u16().unwrap_or(80),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_a_scheme_a_host_and_a_port() {
        for (text, address) in [
            ("http://127.0.0.1:7400", ("127.0.0.1", 7400)),
            ("http://[::1]:7400/", ("::1", 7400)),
            ("http://sandbox.test", ("sandbox.test", 80)),
        ] {
            assert_eq!(text.parse::<Base>().unwrap().address(), address);
        }
        for text in [
            "",
            "7400",
            "127.0.0.1:7400",
            "https://127.0.0.1:7400",
            "http://127.0.0.1:7400/api",
            "http://a@127.0.0.1:7400",
            "http://:7400",
        ] {
            assert!(text.parse::<Base>().is_err(), "{text}");
        }
    }
}
