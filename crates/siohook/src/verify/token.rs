use std::borrow::Cow;

use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// What the URL of an automation ends in. Only its digest is kept, and that is
/// compared, so that neither the text nor its length can be measured.
pub(crate) struct Token([u8; 32]);

impl Token {
    pub(crate) fn new(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }

    /// Whether a text is one of the tokens, in the same time whichever it is.
    pub(super) fn any_is(tokens: &[Self], given: &[u8]) -> bool {
        let given: [u8; 32] = Sha256::digest(given).into();
        let equal = tokens.iter().map(|token| token.0.ct_eq(&given));
        equal.fold(Choice::from(0), |any, one| any | one).into()
    }
}

/// The parameter `token` of a query, decoded: the first, if there are several.
pub(super) fn in_query(query: &str) -> Option<Cow<'_, [u8]>> {
    query.split('&').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        (name == "token").then(|| decode(value))
    })
}

/// Decodes what a form or a URL encodes. What is no escape stands for itself.
fn decode(text: &str) -> Cow<'_, [u8]> {
    if !text.contains(['%', '+']) {
        return Cow::Borrowed(text.as_bytes());
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let (byte, after) = match (first, after) {
            (b'%', [high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => (high << 4 | low, after),
                _ => (b'%', &rest[1..]),
            },
            (b'+', after) => (b' ', after),
            (byte, after) => (*byte, after),
        };
        decoded.push(byte);
        rest = after;
    }
    Cow::Owned(decoded)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_token_of_the_query_is_decoded() {
        for (query, token) in [
            ("token=abc", Some("abc")),
            ("a=b&token=abc&token=x", Some("abc")),
            ("token=a%2Fb+c%C3%a9", Some("a/b cé")),
            ("token=100%&x", Some("100%")),
            ("token=%zz%4", Some("%zz%4")),
            ("token=", Some("")),
            ("token", None),
            ("tokens=abc", None),
            ("Token=abc", None),
            ("", None),
        ] {
            assert_eq!(
                in_query(query).as_deref(),
                token.map(str::as_bytes),
                "{query}"
            );
        }
    }

    #[test]
    fn any_of_several_tokens_will_do() {
        let tokens = [Token::new("old"), Token::new("new")];
        assert!(Token::any_is(&tokens, b"old") && Token::any_is(&tokens, b"new"));
        assert!(!Token::any_is(&tokens, b"") && !Token::any_is(&[], b"old"));
    }
}
