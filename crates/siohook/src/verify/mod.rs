//! Turns a request into a verified delivery, or refuses it.
//!
//! The checks run in this order, and the first one that fails decides the reason:
//!
//! 1. The method is `POST`.
//! 2. The body is not over the limit, and was read to its end.
//! 3. The source address is allowed: `client_address`.
//! 4. The token of an automation, or the signature of an account webhook, is right: `token`,
//!    `signature`.
//! 5. The body is JSON and has the shape of its event: `shape`.
//!
//! Nothing of a body is parsed before step 5, except by `diagnosis`, which looks for the
//! likely cause of a refusal. This module knows no handler and no route. The dispatcher
//! passes in a function that parses the payload together with step 5.

mod allow_list;
mod base64;
pub(crate) mod body_form;
pub(crate) mod client_address;
mod diagnosis;
mod hint;
mod reading;
mod reason;
mod rejection;
mod rewrite;
pub(crate) mod shape;
mod signature;
mod token;
mod unseen;

pub use self::allow_list::{IntoIpRange, IpAllowList};
pub(crate) use self::diagnosis::Diagnosis;
pub(crate) use self::hint::Hint;
pub(crate) use self::reading::Reading;
pub use self::reason::Reason;
pub use self::rejection::Rejection;
pub(crate) use self::rewrite::{Rewrite, originals};
pub(crate) use self::signature::{Secret, Signature, Spelling};
pub(crate) use self::token::Token;
pub(crate) use self::unseen::is_unseen;

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use sha2::{Digest, Sha256};
use siohook_events::{EventName, Mechanism, php_json};

use self::client_address::{NoClientAddress, client_address};
use crate::delivery::envelope::{self, Envelope};
use crate::delivery::{Delivery, Parts, TrustedBy};
use crate::request::{Body, Head, Header, Headers, Incoming, POST, query};

/// The part of the configuration that decides which deliveries are trusted.
pub(crate) struct Verifier {
    pub(crate) max_body_bytes: usize,
    /// The allowed addresses. `None` allows every address.
    pub(crate) source_ips: Option<IpAllowList>,
    pub(crate) trusted_proxies: IpAllowList,
    /// The secrets of account webhooks, each of which is tried.
    pub(crate) secrets: Vec<Secret>,
    /// The tokens of automations, each of which is tried.
    pub(crate) tokens: Vec<Token>,
    /// Whether a body in another spelling of JSON may match the signature.
    pub(crate) accept_reserialized: bool,
    /// Whether steps 3 and 4 are allowed to fail.
    pub(crate) accept_unverified: bool,
    pub(crate) diagnosis: Diagnosis,
}

/// Checks the body of a trusted request and makes a delivery of it. A parser that the
/// dispatcher passes in also parses the payload, in the same pass.
pub(crate) type BodyParser = fn(Parts) -> Result<Delivery, Rejection>;

/// Why a body is trusted, and its signature if it has a valid one.
struct Trusted {
    by: TrustedBy,
    mac: Option<[u8; 32]>,
    /// The SHA-256 of the body that was signed, if it was written again on the way.
    digest_as_signed: Option<Box<[u8; 32]>>,
}

impl Trusted {
    fn unsigned(by: TrustedBy) -> Self {
        Self {
            by,
            mac: None,
            digest_as_signed: None,
        }
    }
}

impl Verifier {
    /// A verifier that trusts nothing, with the default limit of a body.
    pub(crate) fn new(diagnosis: Diagnosis) -> Self {
        Self {
            max_body_bytes: 1024 * 1024,
            source_ips: None,
            trusted_proxies: IpAllowList::default(),
            secrets: vec![],
            tokens: vec![],
            accept_reserialized: false,
            accept_unverified: false,
            diagnosis,
        }
    }

    /// Checks everything that needs no body: method, announced length, source address,
    /// token, and the form of the signature.
    pub(crate) fn check_head(&self, head: &Head) -> Result<(), Rejection> {
        check_method(head)?;
        if head
            .announced_length
            .is_some_and(|it| it > self.max_body_bytes as u64)
        {
            return Err(self.too_long());
        }
        let mechanism = mechanism(head);
        match self.check_caller(head, mechanism) {
            Err(_) if self.accept_unverified => Ok(()),
            Err(rejection) => Err(self.diagnosed(rejection.of(mechanism), head, b"")),
            Ok(_) => Ok(()),
        }
    }

    /// Checks method, length and source address, then signature or token, and then parses
    /// the body.
    ///
    /// `parser_of` returns the parser for an event's body, if a handler takes its payload.
    pub(crate) fn verify(
        &self,
        incoming: Incoming,
        parser_of: impl FnOnce(&EventName, Mechanism) -> Option<BodyParser>,
    ) -> Result<Delivery, Rejection> {
        let Incoming { head, body } = incoming;
        check_method(&head)?;
        let body = self.check_length(body)?;
        let mechanism = mechanism(&head);
        let diagnosed =
            |rejection: Rejection| self.diagnosed(rejection.of(mechanism), &head, &body);
        let event = claimed_event(&head.headers);
        let trusted = self
            .check_caller(&head, mechanism)
            .and_then(|caller| match caller {
                Caller::Trusted(by) => Ok(Trusted::unsigned(by)),
                Caller::Claims(signature) => self.check_signature(signature, event.as_ref(), &body),
            });
        let trusted = match trusted {
            Err(_) if self.accept_unverified => Trusted::unsigned(TrustedBy::Nothing),
            trusted => trusted.map_err(diagnosed)?,
        };
        let event = if mechanism == Mechanism::Account {
            event.ok_or_else(|| Rejection::new(Reason::EventMissing).hint(Hint::EventNotSent))
        } else {
            envelope::event_name(&body)
                .map_err(|error| Rejection::from(error).hint(body_form::by_its_start(&body)))
        };
        let event = event.map_err(diagnosed)?;
        let parse = parser_of(&event, mechanism).unwrap_or(parse_without_payload);
        parse(Parts {
            mechanism,
            event,
            trusted_by: trusted.by,
            mac: trusted.mac,
            digest_as_signed: trusted.digest_as_signed,
            headers: head.headers,
            query: head.query,
            extensions: head.extensions,
            body,
        })
        .map_err(|rejection| rejection.of(mechanism))
    }

    /// Returns a whole body within the limit.
    fn check_length(&self, body: Body) -> Result<Bytes, Rejection> {
        match body {
            Body::Whole(body) if body.len() <= self.max_body_bytes => Ok(body),
            Body::Whole(_) | Body::TooLong => Err(self.too_long()),
            Body::Unreadable => Err(Rejection::new(Reason::BodyUnreadable).hint(Hint::BodyCut)),
        }
    }

    /// The refusal of a body over the limit.
    fn too_long(&self) -> Rejection {
        let bytes = self.max_body_bytes;
        Rejection::new(Reason::BodyTooLarge).hint(Hint::OverLimit { bytes })
    }

    /// Checks the source address and the token, or the form of the signature.
    fn check_caller(&self, head: &Head, mechanism: Mechanism) -> Result<Caller, Rejection> {
        self.check_address(head.peer, &head.headers)?;
        match mechanism {
            Mechanism::Automation => self.check_token(head).map(Caller::Trusted),
            _ => self.claimed_signature(&head.headers).map(Caller::Claims),
        }
    }

    /// Checks the address of the client against `source_ips`, if they are configured.
    fn check_address(&self, peer: Option<IpAddr>, headers: &Headers) -> Result<(), Rejection> {
        let Some(allowed) = &self.source_ips else {
            return Ok(());
        };
        let (reason, hint) = match client_address(peer, &self.trusted_proxies, |header| {
            headers.all(header)
        }) {
            Ok(address) if allowed.contains(address) => return Ok(()),
            Ok(_) => {
                let is_forwarded =
                    headers.has(Header::ForwardedFor) || headers.has(Header::Forwarded);
                let is_proxy = peer.is_some_and(|peer| self.trusted_proxies.contains(peer));
                let hint = match (is_proxy, is_forwarded) {
                    (false, true) => Hint::ProxyNotTrusted,
                    (true, false) => Hint::ProxySilent,
                    (true, true) => Hint::ClientNotListed,
                    (false, false) => Hint::PeerNotListed,
                };
                (Reason::AddressNotAllowed, hint)
            }
            Err(NoClientAddress::NoPeer) => (Reason::AddressUnknown, Hint::NoPeer),
            Err(NoClientAddress::Malformed) => (Reason::AddressUnknown, Hint::ForwardedMalformed),
            Err(NoClientAddress::Disagree) => (Reason::AddressUnknown, Hint::ForwardedTwice),
        };
        Err(Rejection::new(reason).hint(hint))
    }

    /// Checks the token of an automation. Without tokens, an allowed address is enough.
    fn check_token(&self, head: &Head) -> Result<TrustedBy, Rejection> {
        let (reason, hint) = if self.tokens.is_empty() {
            if self.source_ips.is_some() {
                return Ok(TrustedBy::SourceIp);
            }
            (Reason::NotConfigured, Hint::TokenNotGiven)
        } else if let Some(token) = Token::in_query(&self.tokens, &head.query) {
            return Ok(TrustedBy::Token(token.label().cloned()));
        } else if query::raw_value(&head.query, query::TOKEN).is_some() {
            return Err(Rejection::new(Reason::TokenWrong));
        } else {
            (Reason::TokenMissing, Hint::TokenNotSent)
        };
        Err(Rejection::new(reason)
            .hint(hint)
            .hint(elsewhere(&head.headers)))
    }

    /// Parses the signature of an account webhook. Only its form is checked here.
    fn claimed_signature(&self, headers: &Headers) -> Result<Signature, Rejection> {
        if self.secrets.is_empty() {
            return Err(Rejection::new(Reason::NotConfigured).hint(Hint::SecretNotGiven));
        }
        let given = headers.first(Header::Signature).ok_or_else(|| {
            Rejection::new(Reason::SignatureMissing)
                .hint(Hint::SignatureNotSent)
                .hint(elsewhere(headers))
        })?;
        Signature::parse(given).ok_or_else(|| {
            let bytes = given.len();
            let hint = match Signature::parse_other(given) {
                Some((_, spelling)) => spelling.hint(),
                None => Hint::SignatureNotHex { bytes },
            };
            Rejection::new(Reason::SignatureMalformed).hint(hint)
        })
    }

    /// Checks that a secret signed the body and covers the event.
    fn check_signature(
        &self,
        signature: Signature,
        event: Option<&EventName>,
        body: &[u8],
    ) -> Result<Trusted, Rejection> {
        let event = event.map_or("", EventName::as_str);
        let mut digest_as_signed = None;
        let signer = self.signer(body, &signature, event).or_else(|| {
            let mut rewritten = |body: &[u8]| {
                let signer = self.signer(body, &signature, event)?;
                digest_as_signed = Some(Box::new(Sha256::digest(body).into()));
                Some(signer)
            };
            let body = self
                .accept_reserialized
                .then(|| php_json::normalize(body))??;
            rewritten(&body).or_else(|| rewritten(&php_json::restore_vat(&body)?))
        });
        match signer {
            Some((secret, true)) => Ok(Trusted {
                by: TrustedBy::Secret(Arc::clone(secret.label())),
                mac: Some(signature.into_bytes()),
                digest_as_signed,
            }),
            Some((secret, false)) => {
                let label = secret.printed_label();
                Err(Rejection::new(Reason::EventNotCovered).hint(Hint::EventNotCovered { label }))
            }
            None => Err(Rejection::new(Reason::SignatureWrong)),
        }
    }

    /// The secret that a body is signed with, and whether it covers the event. A secret that
    /// covers the event is preferred.
    fn signer(&self, body: &[u8], signature: &Signature, event: &str) -> Option<(&Secret, bool)> {
        let mut of_other_events = None;
        for secret in self
            .secrets
            .iter()
            .filter(|secret| secret.signed(body, signature))
        {
            if secret.covers(event) {
                return Some((secret, true));
            }
            of_other_events = Some((secret, false));
        }
        of_other_events
    }
}

/// Checks the body of a delivery that was verified before, and parses it.
pub(crate) fn restore(parts: Parts, parser: Option<BodyParser>) -> Result<Delivery, Rejection> {
    let mechanism = parts.mechanism;
    let parse = parser.unwrap_or(parse_without_payload);
    check_name(&parts)
        .and_then(|()| parse(parts))
        .map_err(|rejection| rejection.of(mechanism))
}

/// Checks that an automation's body names the event.
fn check_name(parts: &Parts) -> Result<(), Rejection> {
    match parts.mechanism {
        Mechanism::Automation if envelope::event_name(&parts.body)? != parts.event => {
            Err(Rejection::new(Reason::EventContradicted))
        }
        _ => Ok(()),
    }
}

/// What the head of a request says about the caller.
enum Caller {
    Trusted(TrustedBy),
    /// The signature has to match the body.
    Claims(Signature),
}

/// Refuses every method but `POST`.
fn check_method(head: &Head) -> Result<(), Rejection> {
    if head.method == POST {
        Ok(())
    } else {
        Err(Rejection::new(Reason::MethodNotAllowed).hint(Hint::OtherMethod))
    }
}

/// The hint that another header holds a signature or a secret.
fn elsewhere(headers: &Headers) -> Option<Hint> {
    if headers.has(Header::OtherSignature) {
        Some(Hint::SignatureElsewhere)
    } else {
        headers.has(Header::Secret).then_some(Hint::SecretElsewhere)
    }
}

/// The mechanism of a request. An automation has neither of the two headers.
pub(crate) fn mechanism(head: &Head) -> Mechanism {
    if head.headers.has(Header::Event) || head.headers.has(Header::Signature) {
        Mechanism::Account
    } else {
        Mechanism::Automation
    }
}

/// The event that the header of an account webhook names.
pub(crate) fn claimed_event(headers: &Headers) -> Option<EventName> {
    EventName::try_from(headers.filled(Header::Event)?).ok()
}

/// Checks the body of an event whose payload no handler takes.
fn parse_without_payload(parts: Parts) -> Result<Delivery, Rejection> {
    if parts.mechanism == Mechanism::Account {
        shape::check_account(envelope::text(&parts.body)?, &parts.event)?;
        return Ok(Delivery::new(parts, ()));
    }
    let envelope = Envelope::parse(&parts.body)?;
    shape::check_automation(&parts.event)?;
    let delivery = Delivery::new(parts, ());
    delivery.set_envelope(envelope);
    Ok(delivery)
}
