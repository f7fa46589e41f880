//! The name of a variable where its value belongs.

use crate::verify::{Secret, Signature, Token};

/// A variable, with its name as a configuration may spell it.
pub(super) struct Variable {
    pub(super) name: String,
    as_secret: [Secret; 3],
    as_token: [Token; 3],
}

impl Variable {
    pub(super) fn new(name: &str) -> Self {
        let texts = [name.to_owned(), format!("${name}"), format!("${{{name}}}")];
        Self {
            as_secret: texts.each_ref().map(|text| Secret::new(name, text, None)),
            as_token: texts.each_ref().map(|text| Token::new(Some(name), text)),
            name: name.to_owned(),
        }
    }

    /// Whether the name made the signature.
    pub(super) fn signed(&self, body: &[u8], signature: &Signature) -> bool {
        self.as_secret.iter().any(|it| it.signed(body, signature))
    }

    /// Whether the URL has the name as its token.
    pub(super) fn is_in_query(&self, query: &str) -> bool {
        Token::in_query(&self.as_token, query).is_some()
    }
}
