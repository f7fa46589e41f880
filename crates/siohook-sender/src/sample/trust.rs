//! The signature or the token of a sample, right or wrong.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use siohook_events::Mechanism;

use super::Sample;
use crate::signature::{SECRET, TOKEN, sign};

#[derive(Clone)]
pub(super) enum Credential {
    /// [`SECRET`] or [`TOKEN`].
    Usual,
    /// What was captured.
    Captured,
    Secret(String),
    Token(String),
    Nothing,
}

/// # Signature and token
impl Sample {
    /// Signs with this secret instead of [`SECRET`](crate::SECRET).
    ///
    /// ```
    /// use siohook_sender::{Sample, headers, sign};
    ///
    /// let sale = Sample::of("SALE_NEW").signed_with("another secret");
    /// let signature = (headers::SIGNATURE.to_owned(), sign("another secret", sale.body()));
    /// assert!(sale.headers().contains(&signature));
    /// ```
    ///
    /// # Panics
    ///
    /// If it is an automation: those are not signed.
    #[track_caller]
    pub fn signed_with(mut self, secret: &str) -> Self {
        assert!(
            self.mechanism == Mechanism::Account,
            "{} is an automation, which is not signed: give `.token(…)`",
            self.event
        );
        self.credential = Credential::Secret(secret.to_owned());
        self
    }

    /// Sends this token instead of [`TOKEN`](crate::TOKEN).
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let tag = siohook::testing::Sample::of("contact.tag.added").token("a/b");
    /// assert_eq!(tag.query(), "token=a%2Fb");
    /// ```
    ///
    /// # Panics
    ///
    /// If it is an account webhook: those are trusted by their signature.
    #[track_caller]
    pub fn token(mut self, token: &str) -> Self {
        assert!(
            self.mechanism == Mechanism::Automation,
            "{} is an account webhook, which is signed: give `.signed_with(…)`",
            self.event
        );
        self.credential = Credential::Token(token.to_owned());
        self
    }

    /// Sends neither a signature nor a token.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let tag = siohook::testing::Sample::of("contact.tag.added").unsigned();
    /// assert_eq!(tag.query(), "");
    /// ```
    pub fn unsigned(mut self) -> Self {
        self.credential = Credential::Nothing;
        self
    }

    /// Signs the body as it is now. Later edits invalidate the signature, as those of an
    /// attacker or of a proxy that rewrites JSON do.
    ///
    /// An automation is not signed, so it stays as it is.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// use siohook::testing::Sample;
    ///
    /// let sale = Sample::of("SALE_NEW");
    /// let forged = sale.clone().signed_as_is().set("/pricePlan/amount", 1);
    /// assert_eq!(forged.headers(), sale.headers());
    /// assert_ne!(forged.body(), sale.body());
    /// ```
    pub fn signed_as_is(mut self) -> Self {
        self.signed.get_or_insert_with(|| self.body.clone());
        self
    }

    /// Changes bytes of the body after it was [signed](Self::signed_as_is).
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let cut = siohook::testing::Sample::of("SALE_NEW").tampered(|body| body.truncate(100));
    /// assert_eq!(cut.body().len(), 100);
    /// ```
    pub fn tampered(self, tamper: impl FnOnce(&mut Vec<u8>)) -> Self {
        let signed = self.signed_as_is();
        let mut body = signed.body.to_vec();
        tamper(&mut body);
        signed.with_body(body)
    }

    /// Returns the query of the URL: empty, or `token=…` percent-encoded. A
    /// [captured](Self::captured) sample has all of its query.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// use siohook::testing::Sample;
    ///
    /// assert_eq!(Sample::of("contact.tag.added").token("a b").query(), "token=a%20b");
    /// assert_eq!(Sample::of("SALE_NEW").query(), "");
    /// ```
    #[must_use]
    pub fn query(&self) -> String {
        const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
            .remove(b'-')
            .remove(b'.')
            .remove(b'_')
            .remove(b'~');
        let own = match (&self.credential, self.mechanism) {
            (Credential::Token(token), _) => {
                format!("token={}", utf8_percent_encode(token, RESERVED))
            }
            (Credential::Usual, Mechanism::Automation) => format!("token={TOKEN}"),
            _ => String::new(),
        };
        match &self.captured {
            None => own,
            Some(captured) => match self.credential {
                Credential::Captured | Credential::Secret(_) => captured.query.clone(),
                _ => captured.query_with(&own),
            },
        }
    }

    pub(super) fn signature(&self) -> Option<String> {
        let secret = match &self.credential {
            Credential::Usual => SECRET,
            Credential::Secret(secret) => secret,
            Credential::Captured | Credential::Token(_) | Credential::Nothing => return None,
        };
        Some(sign(secret, self.signed.as_ref().unwrap_or(&self.body)))
    }
}
