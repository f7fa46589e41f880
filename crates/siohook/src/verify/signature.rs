//! Secrets and signatures of account webhooks: HMAC-SHA256 over the raw body, as 64 hex digits.

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use siohook_events::EventPattern;

use super::hint::{Hint, Label};

/// A secret that signs account webhooks.
pub(crate) struct Secret {
    label: Arc<str>,
    /// The prepared key.
    mac: Hmac<Sha256>,
    /// The keys of likely typing errors, for the diagnosis only.
    misread: Vec<(Hmac<Sha256>, fn(Label) -> Hint)>,
    /// The events that the secret covers. `None` for all.
    events: Option<Vec<String>>,
}

impl Secret {
    /// Prepares the keys of the secret and of likely typing errors: white space, and quotes.
    pub(crate) fn new(label: &str, secret: &str, events: Option<Vec<String>>) -> Self {
        let spaced: fn(_) -> _ = |label| Hint::SecretSpacedThere { label };
        let quoted: fn(_) -> _ = |label| Hint::SecretQuotedThere { label };
        let unquoted: fn(_) -> _ = |label| Hint::SecretQuotedHere { label };
        let mut misread = vec![
            (prepare(format!("{secret}\n")), spaced),
            (prepare(format!("{secret} ")), spaced),
            (prepare(format!(" {secret}")), spaced),
        ];
        for quote in ['"', '\''] {
            misread.push((prepare(format!("{quote}{secret}{quote}")), quoted));
            let inside = secret
                .strip_prefix(quote)
                .and_then(|rest| rest.strip_suffix(quote));
            misread.extend(inside.map(|text| (prepare(text), unquoted)));
        }
        Self {
            label: label.into(),
            mac: prepare(secret),
            misread,
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
    pub(super) fn signed(&self, body: &[u8], signature: &Signature) -> bool {
        is_of(&self.mac, body, signature)
    }

    /// Whether the secret is bound to the event, or to no event at all.
    pub(super) fn covers(&self, event: &str) -> bool {
        let matches =
            |text: &String| EventPattern::parse(text).is_ok_and(|pattern| pattern.matches(event));
        self.events
            .as_ref()
            .is_none_or(|events| events.iter().any(matches))
    }

    /// The typing error with which the signature matches.
    pub(super) fn near_miss(&self, body: &[u8], signature: &Signature) -> Option<Hint> {
        let mut misread = self.misread.iter();
        let (_, hint) = misread.find(|(mac, _)| is_of(mac, body, signature))?;
        Some(hint(self.printed_label()))
    }

    /// Whether a text is the secret. Only the key made of the secret is stored.
    pub(super) fn is(&self, text: &[u8]) -> bool {
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
pub(super) struct Signature([u8; 32]);

impl Signature {
    /// Parses 64 hex digits of either case.
    pub(super) fn parse(digits: &[u8]) -> Option<Self> {
        let mut bytes = [0; 32];
        const_hex::decode_to_slice(digits, &mut bytes).ok()?;
        Some(Self(bytes))
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
