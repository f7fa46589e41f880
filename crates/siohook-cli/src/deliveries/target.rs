//! URLs as they are shown: without the value of a token.

use std::borrow::Cow;

use siohook_events::Shown;

/// Parameters whose value is a secret.
const HIDDEN: &[&str] = &["token", "key", "secret", "signature", "password"];

/// Whether a parameter or a header of this name holds a secret or a signature.
pub(super) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    HIDDEN.iter().any(|hidden| name.contains(hidden))
}

/// The URL for a person.
pub(crate) fn shown(url: &[u8]) -> String {
    let url = String::from_utf8_lossy(url);
    let (path, query) = match url.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (&*url, None),
    };
    let parameter = |part: &str| match part.split_once('=') {
        Some((name, _)) if is_secret(name) => format!("{name}=•••"),
        _ => part.to_owned(),
    };
    let query = query.map(|query| {
        query
            .split('&')
            .map(parameter)
            .collect::<Vec<_>>()
            .join("&")
    });
    let url: Cow<'_, str> = match query {
        Some(query) => format!("{path}?{query}").into(),
        None => path.into(),
    };
    Shown::text(url).to_string()
}
