//! From a request to a delivery: who sent it, and what is around the payload.

pub(crate) mod client;
mod envelope;
pub(crate) mod normalize;
mod secret;
mod token;

use std::sync::Arc;

use bytes::Bytes;
use sha2::{Digest, Sha256};
use siohook_events::{EventName, Mechanism, Timestamp};

pub(crate) use self::secret::Secret;
pub(crate) use self::token::Token;

use self::client::{NoClientAddress, client_address};
use self::secret::Signature;
use crate::allow_list::IpAllowList;
use crate::delivery::{Delivery, Parts};
use crate::incoming::{Body, Headers, Incoming};
use crate::key::DeliveryKey;
use crate::observe;
use crate::plain_id::PlainId;
use crate::rejection::{Reason, Rejection};
use crate::trust::TrustedBy;

const EVENT: &str = "x-webhook-event";
const SIGNATURE: &str = "x-webhook-signature";
const MESSAGE_ID: &str = "x-webhook-message-id";
const ATTEMPT_ID: &str = "x-webhook-delivery-attempt-id";
const TIMESTAMP: &str = "x-webhook-event-timestamp";

/// What deliveries are trusted by.
pub(crate) struct Verifier {
    pub(crate) max_body_bytes: usize,
    pub(crate) source_ips: Option<IpAllowList>,
    pub(crate) trusted_proxies: IpAllowList,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) tokens: Vec<Token>,
    pub(crate) accept_reserialized: bool,
    pub(crate) accept_unverified: bool,
}

/// That a delivery may be parsed, and a digest of its body if one was made.
struct Trusted {
    by: TrustedBy,
    digest: Option<[u8; 32]>,
}

impl Verifier {
    pub(crate) fn verify(&self, incoming: Incoming) -> Result<Delivery, Rejection> {
        if &*incoming.method != "POST" {
            return Err(Rejection::new(Reason::MethodNotAllowed));
        }
        let body = match incoming.body {
            Body::Whole(body) if body.len() <= self.max_body_bytes => body,
            Body::Whole(_) | Body::TooLong => {
                let limit = format!(
                    "the limit is {} bytes: see `max_body_bytes`",
                    self.max_body_bytes
                );
                return Err(Rejection::new(Reason::BodyTooLarge).hint(limit));
            }
            Body::Unreadable => return Err(Rejection::new(Reason::BodyUnreadable)),
        };
        let headers = incoming.headers;
        // An automation has neither header.
        let is_account = headers.first(EVENT).is_some() || headers.first(SIGNATURE).is_some();
        let mechanism = if is_account {
            Mechanism::Account
        } else {
            Mechanism::Automation
        };
        let trusted = self
            .check_address(incoming.peer, &headers)
            .and_then(|()| match mechanism {
                Mechanism::Automation => self.check_token(&incoming.query),
                Mechanism::Account => self.check_signature(&headers, &body),
            });
        let trusted = match trusted {
            Err(_) if self.accept_unverified => Trusted {
                by: TrustedBy::Nothing,
                digest: None,
            },
            trusted => trusted.map_err(|rejection| rejection.of(mechanism))?,
        };
        match mechanism {
            Mechanism::Automation => automation(body, &headers, trusted),
            Mechanism::Account => account(body, &headers, trusted),
        }
        .map_err(|rejection| rejection.of(mechanism))
    }

    fn check_address(
        &self,
        peer: Option<std::net::IpAddr>,
        headers: &Headers,
    ) -> Result<(), Rejection> {
        let Some(allowed) = &self.source_ips else {
            return Ok(());
        };
        let unknown = Rejection::new(Reason::AddressUnknown);
        match client_address(peer, &self.trusted_proxies, |name| headers.all(name)) {
            Ok(address) if allowed.contains(address) => Ok(()),
            Ok(_) => {
                let rejection = Rejection::new(Reason::AddressNotAllowed);
                let forwarded = ["x-forwarded-for", "forwarded"];
                let behind_unknown_proxy = forwarded.iter().any(|name| headers.first(name).is_some())
                    && peer.is_some_and(|peer| !self.trusted_proxies.contains(peer));
                Err(if behind_unknown_proxy {
                    rejection.hint("a proxy forwards it that is not among `trusted_proxies`")
                } else {
                    rejection
                })
            }
            Err(NoClientAddress::NoPeer) => Err(unknown.hint(
                "no peer address: the adapter has to give one, see `Incoming::peer` and `Service::peer`",
            )),
            Err(NoClientAddress::Malformed) => {
                Err(unknown.hint("the entry of the forwarding header that decides is not an address"))
            }
            Err(NoClientAddress::Disagree) => {
                Err(unknown.hint("`X-Forwarded-For` and `Forwarded` disagree: let the proxy remove the one that it does not write"))
            }
        }
    }

    fn check_token(&self, query: &str) -> Result<Trusted, Rejection> {
        let by = if self.tokens.is_empty() {
            if self.source_ips.is_none() {
                return Err(Rejection::new(Reason::NotConfigured)
                    .hint("give `automation_token` or `source_ips`"));
            }
            TrustedBy::SourceIp
        } else {
            let given = token::in_query(query).ok_or_else(|| {
                Rejection::new(Reason::TokenMissing)
                    .hint("the webhook's URL has to end in `?token=…`")
            })?;
            if !Token::any_is(&self.tokens, &given) {
                return Err(Rejection::new(Reason::TokenWrong));
            }
            TrustedBy::Token
        };
        Ok(Trusted { by, digest: None })
    }

    fn check_signature(&self, headers: &Headers, body: &[u8]) -> Result<Trusted, Rejection> {
        if self.secrets.is_empty() {
            return Err(Rejection::new(Reason::NotConfigured).hint("give `account_secret`"));
        }
        let given = headers
            .first(SIGNATURE)
            .ok_or_else(|| Rejection::new(Reason::SignatureMissing))?;
        let signature = Signature::parse(given).ok_or_else(|| {
            let hint = format!("not 64 hex digits, but {} bytes", given.len());
            Rejection::new(Reason::SignatureMalformed).hint(hint)
        })?;
        let event = headers.text(EVENT).unwrap_or_default();
        let signer = self.signer(body, &signature, event).or_else(|| {
            let body = self
                .accept_reserialized
                .then(|| normalize::normalized(body))??;
            self.signer(&body, &signature, event)
        });
        match signer {
            Some((secret, true)) => Ok(Trusted {
                by: TrustedBy::Secret(Arc::clone(secret.label())),
                digest: Some(signature.into_bytes()),
            }),
            Some((secret, false)) => Err(Rejection::new(Reason::EventNotCovered)
                .hint(format!("event not covered by secret {:?}", secret.label()))),
            None => {
                Err(Rejection::new(Reason::SignatureWrong).hint(self.diagnose(body, &signature)))
            }
        }
    }

    /// The secret that a body is signed with, and whether it vouches for the
    /// event. One that does goes before one that does not.
    fn signer(&self, body: &[u8], signature: &Signature, event: &str) -> Option<(&Secret, bool)> {
        let mut of_other_events = None;
        for secret in self
            .secrets
            .iter()
            .filter(|secret| secret.signed(body, signature))
        {
            if secret.vouches_for(event) {
                return Some((secret, true));
            }
            of_other_events = Some((secret, false));
        }
        of_other_events
    }

    /// Why a signature fits none of the secrets. For small bodies only, so that
    /// forged ones never cost more than hashing a large one does.
    fn diagnose(&self, body: &[u8], signature: &Signature) -> String {
        const DIAGNOSED_BYTES: usize = 32 * 1024;
        const UNKNOWN: &str = "signature is of another secret, or the body was changed on the way";
        if body.len() > DIAGNOSED_BYTES {
            return UNKNOWN.to_owned();
        }
        for secret in &self.secrets {
            if let Some(why) = secret.near_miss(body, signature) {
                return format!("secret {:?} {why}", secret.label());
            }
        }
        let normalized = normalize::normalized(body);
        if normalized.is_some_and(|body| self.secrets.iter().any(|s| s.signed(&body, signature))) {
            return "the body matches once normalised: something between systeme.io and this server \
                    rewrites JSON; stop it, or see `accept_reserialized_bodies`"
                .to_owned();
        }
        UNKNOWN.to_owned()
    }
}

fn automation(body: Bytes, headers: &Headers, trusted: Trusted) -> Result<Delivery, Rejection> {
    let envelope = envelope::automation(&body)?;
    let event = EventName::new(&envelope.event);
    if event
        .event()
        .is_some_and(|event| event.mechanism() != Mechanism::Automation)
    {
        return Err(Rejection::new(Reason::EventContradicted)
            .hint("an automation names an event that only account webhooks have"));
    }
    let digest = trusted
        .digest
        .unwrap_or_else(|| Sha256::digest(&body).into());
    Ok(Delivery::new(Parts {
        event,
        mechanism: Mechanism::Automation,
        message_id: None,
        attempt_id: None,
        sender: observe::sender(headers),
        account_email: envelope.account_email,
        occurred_at: envelope.created_at,
        trusted_by: trusted.by,
        key: DeliveryKey::new(Mechanism::Automation, None, digest),
        data: body.slice_ref(envelope.data),
        body,
    }))
}

fn account(body: Bytes, headers: &Headers, trusted: Trusted) -> Result<Delivery, Rejection> {
    let name = headers
        .text(EVENT)
        .ok_or_else(|| Rejection::new(Reason::EventMissing))?;
    let event = EventName::new(name);
    envelope::account(&body, &event)?;
    let digest = trusted
        .digest
        .unwrap_or_else(|| Sha256::digest(&body).into());
    let message_id: Option<Arc<str>> = headers.text(MESSAGE_ID).map(Arc::from);
    Ok(Delivery::new(Parts {
        event,
        mechanism: Mechanism::Account,
        message_id: message_id.clone(),
        attempt_id: headers.first(ATTEMPT_ID).and_then(PlainId::keep),
        sender: observe::sender(headers),
        account_email: None,
        occurred_at: headers
            .text(TIMESTAMP)
            .and_then(|text| text.parse::<Timestamp>().ok()),
        trusted_by: trusted.by,
        key: DeliveryKey::new(Mechanism::Account, message_id, digest),
        data: body.clone(),
        body,
    }))
}
