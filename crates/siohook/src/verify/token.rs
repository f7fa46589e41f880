use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;

use siphasher::sip128::{Hasher128, SipHasher24};
use subtle::{ConditionallySelectable, ConstantTimeEq};

use crate::request::query;

/// What the URL of an automation ends in. Only its tag under a random key is kept, and
/// tags are compared, so that neither the text nor its length can be measured.
pub(crate) struct Token {
    label: Option<Arc<str>>,
    key: SipHasher24,
    tag: [u8; 16],
}

impl Token {
    pub(crate) fn new(label: Option<&str>, token: &str) -> Self {
        let random = RandomState::new();
        let key = SipHasher24::new_with_keys(random.hash_one(0), random.hash_one(1));
        Self {
            label: label.map(Arc::from),
            key,
            tag: tag(key, token.as_bytes()),
        }
    }

    pub(crate) fn label(&self) -> Option<&Arc<str>> {
        self.label.as_ref()
    }

    /// Finds the token that a text is, in the same time whichever it is.
    fn find<'a>(tokens: &'a [Self], given: &[u8]) -> Option<&'a Self> {
        let mut found = u64::MAX;
        for (at, token) in (0..).zip(tokens) {
            found.conditional_assign(&at, token.tag.ct_eq(&tag(token.key, given)));
        }
        tokens.get(usize::try_from(found).ok()?)
    }

    /// Finds the token that a query has: as it stands there, or decoded. Both count,
    /// because a token with `+`, `%` or `&` is often pasted as it is.
    pub(super) fn in_query<'a>(tokens: &'a [Self], query: &str) -> Option<&'a Self> {
        let raw = query::raw_value(query, query::TOKEN)?;
        Self::find(tokens, raw.as_bytes()).or_else(|| {
            let decoded = raw
                .contains(['%', '+'])
                .then(|| query::value(query, query::TOKEN))??;
            Self::find(tokens, decoded.as_bytes())
        })
    }
}

/// `SipHash` is made to authenticate short texts: another text with the same tag can't be
/// found without the key.
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
    fn the_first_token_of_the_query_counts_as_it_stands_and_decoded() {
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
    fn any_of_several_tokens_will_do() {
        let both = tokens(&["old", "new"]);
        let label = |given: &[u8]| Some(&**Token::find(&both, given)?.label()?);
        assert_eq!(label(b"old"), Some("old"));
        assert_eq!(label(b"new"), Some("new"));
        assert_eq!(label(b""), None);
        assert!(Token::find(&[], b"old").is_none());
    }

    #[test]
    fn an_empty_token_is_a_wrong_one() {
        assert!(Token::in_query(&tokens(&["abc"]), "token=").is_none());
    }
}
