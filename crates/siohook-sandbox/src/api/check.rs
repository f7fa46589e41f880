//! Forms of values.

use axum::http::Uri;

/// Whether the text has the form of an e-mail address in HTML.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let is_local =
        |letter: char| letter.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(letter);
    let is_label = |label: &str| {
        let is_inside = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        let has_length = (1..=63).contains(&label.len());
        let has_hyphen_outside = label.starts_with('-') || label.ends_with('-');
        has_length && !has_hyphen_outside && label.chars().all(is_inside)
    };
    let is_domain = domain.contains('.') && domain.split('.').all(is_label);
    !local.is_empty() && local.chars().all(is_local) && is_domain
}

/// Whether the text is an HTTP URL with a host and without credentials.
pub(super) fn is_url(text: &str, only_https: bool) -> bool {
    let Ok(url) = text.parse::<Uri>() else {
        return false;
    };
    let is_http = match url.scheme_str() {
        Some("https") => true,
        Some("http") => !only_https,
        _ => false,
    };
    let has_host = url.host().is_some_and(|host| !host.is_empty());
    let has_credentials = url
        .authority()
        .is_some_and(|one| one.as_str().contains('@'));
    is_http && has_host && !has_credentials
}

/// Whether the text can name a contact field in URLs.
pub(crate) fn is_slug(text: &str) -> bool {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    !text.is_empty() && text.chars().all(is_word)
}

/// Whether the text has the form of a country of ISO 3166.
pub(crate) fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in ["a@b.co", "jane+1@example.com", "x.y_z@sub-1.example.com"] {
            assert!(is_email(good), "{good}");
        }
        let long = format!("a@{}.com", "b".repeat(64));
        let bad = [
            "", "a", "@b.co", "a@", "a@b", "a@.co", "a@b..co", "a@-b.co", "a b@c.de",
        ];
        for bad in bad
            .into_iter()
            .chain(["a@b@c.de", "\u{e9}@b.co", "a@b.co ", &*long])
        {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn urls() {
        for good in [
            "http://localhost:3000/a?b=c",
            "https://example.com",
            "http://[::1]:80/",
        ] {
            assert!(is_url(good, false), "{good}");
        }
        for bad in [
            "",
            "/a",
            "example.com",
            "ftp://example.com",
            "http://",
            "https://a:b@c.de/",
        ] {
            assert!(!is_url(bad, false), "{bad}");
        }
        assert!(is_url("https://example.com/", true));
        assert!(!is_url("http://localhost/", true));
    }

    #[test]
    fn slugs_and_countries() {
        assert!(is_slug("first_name2") && is_country("FR"));
        for bad in ["", "a-b", "\u{e9}", "a b"] {
            assert!(!is_slug(bad) && !is_country(bad), "{bad}");
        }
        assert!(!is_country("fr") && !is_country("FRA"));
    }
}
