//! Tokens in the URLs of automations.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use siphasher::sip128::{Hasher128, SipHasher24};
use subtle::{ConditionallySelectable, ConstantTimeEq};

use super::hint::Hint;
use crate::request::query;

/// The token at the end of an automation's URL.
///
/// Only its tag under a random key is stored. Tags are compared in constant time, so timing
/// reveals neither the text nor its length.
pub(crate) struct Token {
    label: Option<Arc<str>>,
    key: SipHasher24,
    tag: [u8; 16],
    /// Whether it has characters with a meaning in a URL, for the diagnosis only.
    needs_escaping: bool,
}

impl Token {
    /// Tags the token under a new random key.
    pub(crate) fn new(label: Option<&str>, token: &str) -> Self {
        let random = RandomState::new();
        let key = SipHasher24::new_with_keys(random.hash_one(0), random.hash_one(1));
        Self {
            label: label.map(Arc::from),
            key,
            tag: tag(key, token.as_bytes()),
            needs_escaping: token.contains(['%', '&', '+', '#']),
        }
    }

    pub(crate) fn label(&self) -> Option<&Arc<str>> {
        self.label.as_ref()
    }

    /// Finds the token that equals a text. The time does not depend on which one it is.
    fn find<'a>(tokens: &'a [Self], given: &[u8]) -> Option<&'a Self> {
        let mut found = u64::MAX;
        for (at, token) in (0..).zip(tokens) {
            found.conditional_assign(&at, token.tag.ct_eq(&tag(token.key, given)));
        }
        tokens.get(usize::try_from(found).ok()?)
    }

    /// Finds the token in a query, both encoded and decoded. Users often paste a token with
    /// `+` or `%` into the URL as it is. An HTTP client may have encoded the other
    /// characters, so a `+` is also tried as itself.
    pub(crate) fn in_query<'a>(tokens: &'a [Self], query: &str) -> Option<&'a Self> {
        let raw = query::raw_value(query, query::TOKEN)?;
        let undecoded = Self::find(tokens, raw.as_bytes());
        if undecoded.is_some() || !raw.contains(['%', '+']) {
            return undecoded;
        }
        Self::find(tokens, &decoded(raw))
            .or_else(|| Self::find(tokens, &decoded(&raw.replace('+', " "))))
    }

    /// The typing error in the query or in a configured token, if it explains the
    /// difference.
    pub(crate) fn near_miss(tokens: &[Self], query: &str) -> Option<Hint> {
        let given = query::value(query, query::TOKEN)?;
        let is_known = |text: &str| Self::find(tokens, text.as_bytes()).is_some();
        let inside = given.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
        if inside != given && is_known(inside) {
            Some(Hint::TokenSpacedThere)
        } else if is_known(&format!("\"{given}\"")) || is_known(&format!("'{given}'")) {
            Some(Hint::TokenQuotedHere)
        } else {
            None
        }
    }

    /// Whether a text is the token.
    pub(crate) fn is(&self, text: &[u8]) -> bool {
        Self::find(std::slice::from_ref(self), text).is_some()
    }

    /// Whether the token has characters with a meaning in a URL.
    pub(super) fn needs_escaping(&self) -> bool {
        self.needs_escaping
    }
}

/// Decodes percent-encoded bytes. A `+` stays a `+`.
fn decoded(text: &str) -> Cow<'_, [u8]> {
    percent_decode_str(text).into()
}

/// The tag of a text. `SipHash` authenticates short texts: without the key, another text with
/// the same tag can't be found.
fn tag(mut key: SipHasher24, text: &[u8]) -> [u8; 16] {
    key.write(text);
    key.finish128().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(tokens: &[&str]) -> Vec<Token> {
        tokens
            .iter()
            .map(|token| Token::new(Some(token), token))
            .collect()
    }

    #[test]
    fn the_first_token_of_the_query_is_compared_encoded_and_decoded() {
        for (query, token) in [
            ("token=abc", "abc"),
            ("a=b&token=abc&token=x", "abc"),
            ("token=a%2Fb+c%C3%a9", "a/b cé"),
            ("token=a%2Fb+c%C3%a9", "a%2Fb+c%C3%a9"),
            ("token=a+b", "a+b"),
            ("token=100%&x", "100%"),
            ("token=%zz%4", "%zz%4"),
        ] {
            let known = tokens(&["other", token]);
            let found = Token::in_query(&known, query);
            let label = found.and_then(Token::label).map(|label| &**label);
            assert_eq!(label, Some(token), "{query}");
        }
        for query in [
            "token",
            "tokens=abc",
            "Token=abc",
            "",
            "x=1&token=x&token=abc",
        ] {
            assert!(
                Token::in_query(&tokens(&["abc"]), query).is_none(),
                "{query}"
            );
        }
    }

    #[test]
    fn any_configured_token_is_accepted() {
        let both = tokens(&["old", "new"]);
        let label = |given: &[u8]| Some(&**Token::find(&both, given)?.label()?);
        assert_eq!(label(b"old"), Some("old"));
        assert_eq!(label(b"new"), Some("new"));
        assert_eq!(label(b""), None);
        assert!(Token::find(&[], b"old").is_none());
    }

    #[test]
    fn an_empty_token_is_wrong() {
        assert!(Token::in_query(&tokens(&["abc"]), "token=").is_none());
    }
}
