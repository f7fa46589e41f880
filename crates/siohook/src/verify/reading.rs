//! Mistakes with which a secret is read: here, at systeme.io, or by another sender.

use super::base64;
use super::hint::{Hint, Label};
use super::unseen::is_unseen;

/// A mistake that makes another key of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// White space around the secret belongs to it here, and not there.
    Trimmed,
    /// Quotes around the secret belong to it here, and not there.
    Unquoted,
    /// The secret has quotes around it there.
    Quoted,
    /// The secret has a space around it there.
    Spaced,
    /// The secret has a line break at its end there.
    LineBroken,
    /// The key is the bytes that the secret spells in hex.
    Hex,
    /// The key is the bytes that the secret spells in base64.
    Base64,
}

impl Reading {
    /// The hint of a refusal. `None` for a secret with white space around it, because no
    /// dispatcher is built with one.
    pub(super) fn hint(self, label: Label) -> Option<Hint> {
        match self {
            Self::Trimmed => None,
            Self::Unquoted => Some(Hint::SecretQuotedHere { label }),
            Self::Quoted => Some(Hint::SecretQuotedThere { label }),
            Self::Spaced | Self::LineBroken => Some(Hint::SecretSpacedThere { label }),
            Self::Hex | Self::Base64 => Some(Hint::SecretDecodedThere { label }),
        }
    }
}

/// The keys that mistakes make of a secret.
pub(super) fn misread(secret: &str) -> Vec<(Vec<u8>, Reading)> {
    let mut keys = vec![];
    let mut add = |key: &[u8], reading| keys.push((key.to_vec(), reading));
    let trimmed = secret.trim_matches(is_unseen);
    if trimmed != secret {
        add(trimmed.as_bytes(), Reading::Trimmed);
    }
    for quote in ['"', '\''] {
        let inside = trimmed.strip_prefix(quote);
        if let Some(inside) = inside.and_then(|rest| rest.strip_suffix(quote)) {
            add(inside.as_bytes(), Reading::Unquoted);
        }
        add(
            format!("{quote}{secret}{quote}").as_bytes(),
            Reading::Quoted,
        );
    }
    for (before, after, reading) in [
        (" ", "", Reading::Spaced),
        ("", " ", Reading::Spaced),
        ("", "\n", Reading::LineBroken),
        ("", "\r\n", Reading::LineBroken),
    ] {
        add(format!("{before}{secret}{after}").as_bytes(), reading);
    }
    let mut bytes = vec![0; trimmed.len() / 2];
    if !trimmed.is_empty() {
        if const_hex::decode_to_slice(trimmed, &mut bytes).is_ok() {
            add(&bytes, Reading::Hex);
        }
        if let Some(bytes) = base64::decode(trimmed.as_bytes()) {
            add(&bytes, Reading::Base64);
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(secret: &str, key: &[u8], reading: Reading) {
        let keys = misread(secret);
        let found: Vec<_> = keys.iter().filter(|(own, _)| own == key).collect();
        assert_eq!(found.len(), 1, "{secret:?}: {keys:?}");
        assert_eq!(found[0].1, reading);
    }

    #[test]
    fn each_mistake_makes_its_key() {
        for (secret, key, reading) in [
            ("key\n", "key", Reading::Trimmed),
            ("\u{feff}key\u{a0}", "key", Reading::Trimmed),
            ("'key'", "key", Reading::Unquoted),
            ("\"key\"\r\n", "key", Reading::Unquoted),
            ("key", "'key'", Reading::Quoted),
            ("key", "\"key\"", Reading::Quoted),
            ("key", " key", Reading::Spaced),
            ("key", "key ", Reading::Spaced),
            ("key", "key\n", Reading::LineBroken),
            ("key", "key\r\n", Reading::LineBroken),
            ("6B6579", "key", Reading::Hex),
            ("a2V5", "key", Reading::Base64),
        ] {
            check(secret, key.as_bytes(), reading);
        }
    }

    #[test]
    fn a_secret_that_spells_nothing_is_not_decoded() {
        for secret in ["", " ", "keys!", "6B657", "é"] {
            let mut keys = misread(secret).into_iter();
            let is_decoded = |(_, reading)| matches!(reading, Reading::Hex | Reading::Base64);
            assert!(!keys.any(is_decoded), "{secret}");
        }
    }
}
