//! Secrets and signatures of account webhooks: HMAC-SHA256 over the raw body, as 64 hex digits.

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use siohook_events::EventPattern;

use super::base64;
use super::hint::{Hint, Label};
use super::reading::{Reading, misread};

/// A secret that signs account webhooks.
pub(crate) struct Secret {
    label: Arc<str>,
    /// The prepared key.
    mac: Hmac<Sha256>,
    /// The keys of likely typing errors, for the diagnosis only.
    misread: Vec<(Hmac<Sha256>, Reading)>,
    /// The events that the secret covers. `None` for all.
    events: Option<Vec<String>>,
}

impl Secret {
    /// Prepares the keys of the secret and of likely typing errors.
    pub(crate) fn new(label: &str, secret: &str, events: Option<Vec<String>>) -> Self {
        let misread = misread(secret).into_iter();
        Self {
            label: label.into(),
            mac: prepare(secret),
            misread: misread.map(|(key, it)| (prepare(key), it)).collect(),
            events,
        }
    }

    pub(crate) fn label(&self) -> &Arc<str> {
        &self.label
    }

    /// The label for a hint.
    pub(super) fn printed_label(&self) -> Label {
        Label(Arc::clone(&self.label))
    }

    /// The events that the secret covers. `None` for all.
    pub(crate) fn events(&self) -> Option<&[String]> {
        self.events.as_deref()
    }

    /// Whether this secret made the signature for the body.
    pub(crate) fn signed(&self, body: &[u8], signature: &Signature) -> bool {
        is_of(&self.mac, body, signature)
    }

    /// Whether the secret is bound to the event, or to no event at all.
    pub(crate) fn covers(&self, event: &str) -> bool {
        let matches =
            |text: &String| EventPattern::parse(text).is_ok_and(|pattern| pattern.matches(event));
        self.events
            .as_ref()
            .is_none_or(|events| events.iter().any(matches))
    }

    /// The typing error with which the signature matches.
    pub(crate) fn near_miss(&self, body: &[u8], signature: &Signature) -> Option<Reading> {
        let mut misread = self.misread.iter();
        let (_, reading) = misread.find(|(mac, _)| is_of(mac, body, signature))?;
        Some(*reading)
    }

    /// Whether a text is the secret. Only the key made of the secret is stored.
    pub(crate) fn is(&self, text: &[u8]) -> bool {
        let made_with = prepare(text).finalize().into_bytes();
        is_of(&self.mac, b"", &Signature(made_with.into()))
    }
}

/// Prepares the key of a secret.
fn prepare(secret: impl AsRef<[u8]>) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret.as_ref()).expect("HMAC takes a key of any length")
}

/// Compares in constant time.
fn is_of(mac: &Hmac<Sha256>, body: &[u8], signature: &Signature) -> bool {
    mac.clone()
        .chain_update(body)
        .verify_slice(&signature.0)
        .is_ok()
}

/// The signature in a request's header.
pub(crate) struct Signature([u8; 32]);

/// A spelling with which other programs than systeme.io write a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// A word and `=` stand before the hex digits.
    Prefixed,
    Base64,
}

impl Spelling {
    /// The hint of a refusal.
    pub(super) fn hint(self) -> Hint {
        match self {
            Self::Prefixed => Hint::SignaturePrefixed,
            Self::Base64 => Hint::SignatureBase64,
        }
    }
}

impl Signature {
    /// Parses 64 hex digits of either case.
    pub(crate) fn parse(digits: &[u8]) -> Option<Self> {
        let mut bytes = [0; 32];
        // `const_hex` would skip the prefix `0x`.
        let digits: &[u8; 64] = digits.try_into().ok()?;
        const_hex::decode_to_slice(digits, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// Parses a signature in a spelling of other programs, such as `sha256=…`. A refusal is
    /// explained with it, and nothing is trusted for it.
    pub(crate) fn parse_other(given: &[u8]) -> Option<(Self, Spelling)> {
        /// More than a word and the digits.
        const LONGEST: usize = 100;
        if given.len() > LONGEST {
            return None;
        }
        let is_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
        let word = given.iter().take_while(|byte| is_of_word(byte)).count();
        let behind_word = given[word..].strip_prefix(b"=");
        if let Some(signature) = behind_word.and_then(Self::parse) {
            return Some((signature, Spelling::Prefixed));
        }
        let decoded = |text: &[u8]| base64::decode(text)?.try_into().ok();
        let bytes = decoded(given).or_else(|| decoded(behind_word?))?;
        Some((Self(bytes), Spelling::Base64))
    }

    pub(super) fn into_bytes(self) -> [u8; 32] {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8";
    const TEXT: &[u8] = b"The quick brown fox jumps over the lazy dog";

    #[test]
    fn a_signature_matches_in_upper_and_lower_case() {
        let secret = Secret::new("main", "key", None);
        for hex in [HEX.to_owned(), HEX.to_uppercase()] {
            assert!(secret.signed(TEXT, &Signature::parse(hex.as_bytes()).unwrap()));
        }
        assert!(!secret.signed(b"", &Signature::parse(HEX.as_bytes()).unwrap()));
    }

    #[test]
    fn a_signature_in_another_spelling_is_read_for_an_explanation() {
        let base64 = "97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg";
        for (given, spelling) in [
            (format!("sha256={HEX}"), Spelling::Prefixed),
            (format!("v1={}", HEX.to_uppercase()), Spelling::Prefixed),
            (format!("{base64}="), Spelling::Base64),
            (base64.to_owned(), Spelling::Base64),
            (format!("sha256={base64}="), Spelling::Base64),
        ] {
            let (signature, as_found) = Signature::parse_other(given.as_bytes()).unwrap();
            assert!(Secret::new("main", "key", None).signed(TEXT, &signature));
            assert_eq!(as_found, spelling);
        }
        for given in [
            "",
            "sha256=",
            "sha256=00",
            "=",
            &HEX[2..],
            &"a".repeat(10_000_000),
        ] {
            assert!(Signature::parse_other(given.as_bytes()).is_none());
        }
    }

    #[test]
    fn a_signature_is_64_hex_digits() {
        let long = "a".repeat(10_000_000);
        let wrong = [
            "",
            &HEX[1..],
            &HEX[2..],
            &format!("{HEX}00"),
            &format!("sha256={HEX}"),
            &HEX.replace('f', "g"),
            &HEX.replace("f7", "é"),
            &HEX.replace("f7", "+f"),
            &long,
        ];
        for hex in wrong {
            assert!(Signature::parse(hex.as_bytes()).is_none());
        }
        assert!(Signature::parse(&[0xff; 64]).is_none());
    }
}
