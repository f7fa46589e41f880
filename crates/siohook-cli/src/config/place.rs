//! Texts that name a place of a secret, and those that hold one.

/// Whether a text names a place that a file can name. `stdin` and `ask` are for the command line.
pub(crate) fn is_place(source: &str) -> bool {
    let place = source.split_once(':');
    place.is_some_and(|(kind, name)| ["env", "file"].contains(&kind) && !name.is_empty())
}

/// Whether a URL holds a password, which belongs into no file and on no command line.
pub(crate) fn has_password(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
    user.contains(':') || rest.contains("password=")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_a_url_is_seen() {
        for (url, has) in [
            ("sqlite:inbox.db", false),
            ("postgres://db.example.com/shop", false),
            ("postgres://shop@db.example.com/shop", false),
            ("postgres://shop:a@db.example.com/shop", true),
            ("postgres://db.example.com/shop?password=a", true),
            ("env:DATABASE_URL", false),
        ] {
            assert_eq!(has_password(url), has, "{url}");
        }
    }
}
