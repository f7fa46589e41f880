//! The table of hints: the likely causes of a refusal, as texts for the operator's log.

use std::fmt;
use std::sync::Arc;

use siohook_events::Shown;

use super::reason::Reason;

#[cfg(test)]
mod page;

/// The label of a secret, in the form in which it is printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Label(pub(super) Arc<str>);

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", Shown::value(&self.0))
    }
}

macro_rules! hints {
    ($($hint:ident $({ $part:ident: $type:ty })? $text:literal
        $(always [$($always:ident)+])? $(limited [$($limited:ident)+])?;)*) => {
        /// The likely cause of a refusal, and often what to do.
        ///
        /// No variant can hold a value of the request. A variant holds a part of the
        /// configuration, a name of the catalogue, or a number of bytes.
        #[derive(Clone, PartialEq, Eq)]
        pub(crate) enum Hint {
            $(#[doc = $text] $hint $({ $part: $type })?,)*
        }

        impl Hint {
            /// Whether the table lists the hint under this reason.
            pub(super) fn explains(&self, reason: Reason) -> bool {
                match self {
                    $(Self::$hint { .. } => [
                        $($(Reason::$always,)+)? $($(Reason::$limited,)+)?
                    ].contains(&reason),)*
                }
            }
        }

        impl fmt::Display for Hint {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$hint $({ $part })? => write!(f, $text),)*
                }
            }
        }

        /// Reason, text, and whether only a diagnosis finds the hint. The number of
        /// diagnoses a second is limited.
        #[cfg(test)]
        const ROWS: &[(Reason, &str, bool)] = &[$(
            $($((Reason::$always, $text, false),)+)?
            $($((Reason::$limited, $text, true),)+)?
        )*];
    };
}

hints! {
    OtherMethod
        "systeme.io sends POST; a browser sends GET, and so does a client that follows a redirect"
        always [MethodNotAllowed];
    OverLimit { bytes: usize }
        "the limit is {bytes} bytes: see `max_body_bytes`"
        always [BodyTooLarge];
    BodyCut
        "the connection broke before the body ended"
        always [BodyUnreadable];

    NoPeer
        "no peer address: the adapter has to set one, see `Incoming::peer` and `DispatcherService::peer`"
        always [AddressUnknown];
    ForwardedMalformed
        "the deciding entry of the forwarding header is not an address, or the header has more than 8 KiB or 64 entries"
        always [AddressUnknown];
    ForwardedTwice
        "`X-Forwarded-For` and `Forwarded` name different clients: let the proxy remove the header that it does not write"
        always [AddressUnknown];
    ProxyNotTrusted
        "a proxy that is not in `trusted_proxies` forwarded it"
        always [AddressNotAllowed];
    ProxySilent
        "a trusted proxy sent neither `X-Forwarded-For` nor `Forwarded`, so the address is its own: let it send one of them"
        always [AddressNotAllowed];
    ClientNotListed
        "a trusted proxy forwarded it, and it is not in `source_ips`"
        always [AddressNotAllowed];
    PeerNotListed
        "it is not in `source_ips`; if it is the address of a proxy, add it to `trusted_proxies`"
        always [AddressNotAllowed];

    SecretNotGiven
        "configure `account_secret`"
        always [NotConfigured];
    TokenNotGiven
        "configure `automation_token` or `source_ips`; or this is an account webhook whose `X-Webhook-*` headers were lost on the way"
        always [NotConfigured];
    TokenNotSent
        "the webhook's URL has to end in `?token=…`; or this is an account webhook whose `X-Webhook-*` headers were lost on the way"
        always [TokenMissing];
    SignatureNotSent
        "systeme.io sends it as `X-Webhook-Signature`, which was removed on the way or never sent"
        always [SignatureMissing];
    SignatureElsewhere
        "another header has a signature, such as `X-Signature`: systeme.io sends it as `X-Webhook-Signature`, so another program signed the request or renamed the header"
        always [NotConfigured SignatureMissing TokenMissing];
    SecretElsewhere
        "a header has a secret, such as `X-Webhook-Secret`: systeme.io never sends a secret, only the `X-Webhook-Signature` that it makes with one"
        always [NotConfigured SignatureMissing TokenMissing];
    HeadersLost
        "this is the body of an account webhook, and its `X-Webhook-*` headers are missing: something on the way removed them"
        limited [NotConfigured TokenMissing NoEnvelope];

    SignatureNotHex { bytes: usize }
        "it has {bytes} bytes, and not 64 hex digits"
        always [SignatureMalformed];
    SignaturePrefixed
        "a word such as `sha256=` stands before its 64 hex digits: systeme.io sends the digits alone, so another program signed the request"
        always [SignatureMalformed];
    SignatureBase64
        "it is in base64, and systeme.io writes 64 hex digits: another program signed the request"
        always [SignatureMalformed];
    SecretAsSignature { label: Label }
        "the header has secret {label} itself, and not a signature made with it"
        limited [SignatureMalformed SignatureWrong];
    SecretQuotedHere { label: Label }
        "secret {label} has quotes around it in this program's configuration"
        limited [SignatureWrong];
    SecretQuotedThere { label: Label }
        "secret {label} has quotes around it at systeme.io"
        limited [SignatureWrong];
    SecretSpacedThere { label: Label }
        "secret {label} has white space around it at systeme.io"
        limited [SignatureWrong];
    SecretDecodedThere { label: Label }
        "the signature was made with the bytes that secret {label} spells in hex or base64: systeme.io takes a secret as it is written, so another program signed the request"
        limited [SignatureWrong];
    BodyMarked
        "the body matches without the byte order mark at its start: something between systeme.io and this server adds it; stop it"
        limited [SignatureWrong];
    BodyLineAdded
        "the body matches without the line break at its end: something between systeme.io and this server adds it; stop it, or see `accept_reserialized_bodies`"
        limited [SignatureWrong];
    BodyLineRemoved
        "the body matches with a line break at its end: something between the sender and this server removes it; stop it"
        limited [SignatureWrong];
    BodyEscapedTwice
        "the body matches once each `\\\\` is `\\` again: something between systeme.io and this server escapes it twice; stop it"
        limited [SignatureWrong];
    JsonRewritten
        "the body matches once normalised: something between systeme.io and this server rewrites JSON; stop it, or see `accept_reserialized_bodies`"
        limited [SignatureWrong];
    NumbersRewritten
        "the body matches once its numbers are spelled as before: JavaScript between systeme.io and this server rewrote them, such as `0.0` as `0`; stop it, or see `accept_reserialized_bodies`"
        limited [SignatureWrong];
    SignatureOfAnother
        "the signature was made with another secret, or the body was changed on the way"
        limited [SignatureWrong];
    EventNotCovered { label: Label }
        "event not covered by secret {label}"
        always [EventNotCovered];

    TokenSpacedThere
        "the token in the webhook's URL has quotes or white space around it"
        limited [TokenWrong];
    TokenQuotedHere
        "the token in `automation_token` has quotes around it"
        limited [TokenWrong];
    TokenNotEscaped
        "a token has characters with a meaning in a URL: write `%` as `%25`, `&` as `%26`, `+` as `%2B` and `#` as `%23`, or choose a token of letters and digits"
        limited [TokenWrong];
    TokenOfAnother
        "compare the webhook's URL with the token in `automation_token`"
        limited [TokenWrong];

    BodyEmpty
        "the body is empty: something read it before siohook, such as a middleware"
        always [NotJson] limited [SignatureWrong];
    BodyForm
        "the body is a form: systeme.io sends JSON, so something else sent it, or rewrote it on the way"
        always [NotJson] limited [SignatureWrong];
    BodyNotUtf8
        "it is not UTF-8"
        always [NotJson];
    BodyInList
        "the body is a list: something on the way put the delivery into a list; let it send the delivery alone"
        always [NoEnvelope] limited [SignatureWrong];
    BodyInText
        "the body is a JSON string: something on the way encoded the delivery twice"
        always [NoEnvelope] limited [SignatureWrong];
    BodyInRequest
        "the body is a whole request, as a no-code platform shows it: let the platform send the `body` alone, with the headers of systeme.io"
        limited [NoEnvelope SignatureWrong];
    BodyInMember { member: &'static str }
        "something on the way put the delivery into the member `{member}`: let it send the delivery alone"
        limited [NoEnvelope SignatureWrong];
    AutomationMembers
        "an automation sends `type`, `data`, `account` and `created_at`"
        always [NotJson NoEnvelope];
    AccountMembers
        "an account webhook sends an object with `contact` or `customer`"
        always [NotJson NoEnvelope];
    TypeEmpty
        "`type` is empty"
        always [NoEnvelope];

    EventNotSent
        "systeme.io names the event in this header: something on the way removed or damaged it"
        always [EventMissing];
    EventOfAccount
        "an automation names an event that only account webhooks have"
        always [EventContradicted];
    EventOfAutomation
        "the header names an event that only automations have"
        always [EventContradicted];
    HasNoCustomer { event: &'static str }
        "the header says {event}, but the body has no `customer`"
        always [EventContradicted];
    HasNoOrder { event: &'static str }
        "the header says {event}, but the body has none of `order`, `orderItem` and `pricePlan`"
        always [EventContradicted];
    HasNoContact { event: &'static str }
        "the header says {event}, but the body has no `contact`"
        always [EventContradicted];
    HasNoTag { event: &'static str }
        "the header says {event}, but the body has no `tag`"
        always [EventContradicted];
    HasTag { event: &'static str }
        "the header says {event}, but the body has `tag`"
        always [EventContradicted];
    HasCustomer { event: &'static str }
        "the header says {event}, but the body has `customer`"
        always [EventContradicted];
    SaleOfContact
        "the header names a sale, but the body has `contact` and no `customer`"
        always [EventContradicted];
    ContactOfSale
        "the header names a contact's event, but the body has `customer` and no `contact`"
        always [EventContradicted];
}
