//! The URL of a receiver, without the token that it may have.

use siohook_sandbox::{AllowList, Destination};

use crate::Failure;

#[derive(Debug)]
pub(super) struct Target {
    /// Without a token.
    pub(super) url: String,
    pub(super) token: Option<String>,
    pub(super) destination: Destination,
}

impl Target {
    pub(super) fn parse(url: &str) -> Result<Self, Failure> {
        let failure = |error: siohook_sandbox::Refusal| Failure::usage(error.to_string());
        let allowed = AllowList::with_host_of(url).map_err(failure)?;
        let destination = allowed.check(url).map_err(failure)?;
        let (url, token) = without_token(url);
        Ok(Self {
            url,
            token,
            destination,
        })
    }

    /// Scheme and host, for a question.
    pub(super) fn origin(&self) -> String {
        let scheme = if self.destination.is_https() {
            "https"
        } else {
            "http"
        };
        format!("{scheme}://{}", self.destination.host())
    }

    /// Whether others can read what is sent.
    pub(super) fn is_in_clear(&self) -> bool {
        !self.destination.is_https() && !self.is_on_this_machine()
    }

    /// Whether nothing leaves this machine, by the name of the host.
    pub(super) fn is_on_this_machine(&self) -> bool {
        let host = self.destination.host();
        let address: Option<std::net::IpAddr> = host.parse().ok();
        host == "localhost" || address.is_some_and(|address| address.is_loopback())
    }
}

/// Takes the token out of a query.
fn without_token(url: &str) -> (String, Option<String>) {
    let url = url.split('#').next().unwrap_or_default();
    let Some((start, query)) = url.split_once('?') else {
        return (url.to_owned(), None);
    };
    let is_token = |part: &&str| part.split('=').next() == Some("token");
    let (tokens, others): (Vec<_>, Vec<_>) = query.split('&').partition(is_token);
    let token = tokens.first().and_then(|part| {
        let (_, value) = form_urlencoded::parse(part.as_bytes()).next()?;
        Some(value.into_owned())
    });
    let mark = if others.is_empty() { "" } else { "?" };
    (format!("{start}{mark}{}", others.join("&")), token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_taken_out_of_the_url() {
        for (url, left, token) in [
            ("http://a.test/s", "http://a.test/s", None),
            (
                "http://a.test/s?token=b%207e#x",
                "http://a.test/s",
                Some("b 7e"),
            ),
            (
                "http://a.test/s?shop=1&token=b&x",
                "http://a.test/s?shop=1&x",
                Some("b"),
            ),
            ("http://a.test/s?tokens=b", "http://a.test/s?tokens=b", None),
        ] {
            let (found, value) = without_token(url);
            assert_eq!((&*found, value.as_deref()), (left, token));
        }
    }
}
