use std::fmt;

use crate::request::Reply;

macro_rules! reasons {
    ($($reason:ident $code:literal $reply:ident $sentence:literal;)*) => {
        /// Reason why a request was refused. Each variant is a
        /// [code](crate::Rejection::code), which `Display` writes.
        ///
        /// ```
        /// use siohook::{Dispatcher, Reason};
        ///
        /// let builder = Dispatcher::builder().on_reject(|rejection| match rejection.reason() {
        ///     Reason::MethodNotAllowed => {} // browsers and scanners
        ///     _ => eprintln!("refused: {rejection}"),
        /// });
        /// # let _ = builder;
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Reason {
            $(#[doc = concat!("`", $code, "`: ", $sentence, ".")]
            $reason,)*
        }

        impl Reason {
            /// Returns the code, which never changes.
            ///
            /// ```
            /// assert_eq!(siohook::Reason::TokenWrong.as_str(), "token_wrong");
            /// ```
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$reason => $code,)* }
            }

            pub(super) fn reply(self) -> Reply {
                match self { $(Self::$reason => Reply::$reply,)* }
            }

            pub(crate) fn sentence(self) -> &'static str {
                match self { $(Self::$reason => $sentence,)* }
            }
        }
    };
}

reasons! {
    MethodNotAllowed "method_not_allowed" METHOD_NOT_ALLOWED "the method is not POST";
    BodyTooLarge "body_too_large" TOO_LARGE "the body is over the limit";
    BodyUnreadable "body_unreadable" BAD_REQUEST "the body could not be read to its end";
    AddressUnknown "address_unknown" FORBIDDEN "the sender's address is unknown";
    AddressNotAllowed "address_not_allowed" FORBIDDEN "the sender's address is not allowed";
    NotConfigured "not_configured" UNAUTHORIZED "no way to trust this mechanism is configured";
    SignatureMissing "signature_missing" UNAUTHORIZED "the signature is missing";
    SignatureMalformed "signature_malformed" UNAUTHORIZED "the signature can't be read";
    SignatureWrong "signature_wrong" UNAUTHORIZED "the signature fits none of the secrets";
    EventNotCovered "event_not_covered" UNAUTHORIZED "the signature is valid, but not for this event";
    TokenMissing "token_missing" UNAUTHORIZED "the token is missing";
    TokenWrong "token_wrong" UNAUTHORIZED "the token is wrong";
    NotJson "not_json" BAD_REQUEST "the body is not JSON";
    NoEnvelope "no_envelope" BAD_REQUEST "the body is JSON, but not a delivery of this mechanism";
    EventMissing "event_missing" BAD_REQUEST "the header X-Webhook-Event is missing";
    EventContradicted "event_contradicted" BAD_REQUEST "the body does not match the event name";
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
