//! From a request to a delivery: who sent it, and what is around the payload.

pub(crate) mod client;
pub(crate) mod envelope;
pub(crate) mod read;
mod secret;
mod token;

use std::sync::Arc;

use sha2::{Digest, Sha256};
use siohook_events::{EventName, Mechanism, php_json};

pub(crate) use self::secret::Secret;
pub(crate) use self::token::Token;

use self::client::{NoClientAddress, client_address};
use self::secret::Signature;
use crate::allow_list::IpAllowList;
use crate::delivery::{Delivery, Parts};
use crate::incoming::{Body, Header, Headers, Incoming, POST};
use crate::key::DeliveryKey;
use crate::rejection::{Reason, Rejection};
use crate::routes::Routes;
use crate::trust::TrustedBy;

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

impl Trusted {
    fn key(&self, mechanism: Mechanism, message_id: Option<&str>, body: &[u8]) -> DeliveryKey {
        let digest = self.digest.unwrap_or_else(|| Sha256::digest(body).into());
        DeliveryKey::new(mechanism, message_id, digest)
    }
}

impl Verifier {
    pub(crate) fn verify(
        &self,
        incoming: Incoming,
        routes: &Routes,
    ) -> Result<Delivery, Rejection> {
        if incoming.method != POST {
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
        let event = headers.filled(Header::Event);
        let event = event.and_then(|name| EventName::try_from(name).ok());
        // An automation has neither header.
        let is_account = headers.has(Header::Event) || headers.has(Header::Signature);
        let mechanism = if is_account {
            Mechanism::Account
        } else {
            Mechanism::Automation
        };
        let trusted = self
            .check_address(incoming.peer, &headers)
            .and_then(|()| match mechanism {
                Mechanism::Automation => self.check_token(&incoming.query),
                Mechanism::Account => self.check_signature(&headers, event.as_ref(), &body),
            });
        let of_mechanism = |rejection: Rejection| rejection.of(mechanism);
        let trusted = match trusted {
            Err(_) if self.accept_unverified => Trusted {
                by: TrustedBy::Nothing,
                digest: None,
            },
            trusted => trusted.map_err(of_mechanism)?,
        };
        let (event, message_id) = match (mechanism, event) {
            (Mechanism::Automation, _) => (envelope::event(&body).map_err(of_mechanism)?, None),
            (Mechanism::Account, Some(event)) => (event, headers.text(Header::MessageId)),
            (Mechanism::Account, None) => {
                return Err(of_mechanism(Rejection::new(Reason::EventMissing)));
            }
        };
        let read = routes.reader(&event, mechanism);
        read(Parts {
            event,
            mechanism,
            key: trusted.key(mechanism, message_id, &body),
            headers,
            trusted_by: trusted.by,
            body,
        })
        .map_err(of_mechanism)
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
        match client_address(peer, &self.trusted_proxies, |header| headers.all(header)) {
            Ok(address) if allowed.contains(address) => Ok(()),
            Ok(_) => {
                let rejection = Rejection::new(Reason::AddressNotAllowed);
                let forwarded = [Header::ForwardedFor, Header::Forwarded];
                let behind_unknown_proxy = forwarded.iter().any(|&it| headers.has(it))
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

    fn check_signature(
        &self,
        headers: &Headers,
        event: Option<&EventName>,
        body: &[u8],
    ) -> Result<Trusted, Rejection> {
        if self.secrets.is_empty() {
            return Err(Rejection::new(Reason::NotConfigured).hint("give `account_secret`"));
        }
        let given = headers
            .first(Header::Signature)
            .ok_or_else(|| Rejection::new(Reason::SignatureMissing))?;
        let signature = Signature::parse(given).ok_or_else(|| {
            let hint = format!("not 64 hex digits, but {} bytes", given.len());
            Rejection::new(Reason::SignatureMalformed).hint(hint)
        })?;
        let event = event.map_or("", EventName::as_str);
        let signer = self.signer(body, &signature, event).or_else(|| {
            let body = self
                .accept_reserialized
                .then(|| php_json::normalize(body))??;
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
        let normalized = php_json::normalize(body);
        if normalized.is_some_and(|body| self.secrets.iter().any(|s| s.signed(&body, signature))) {
            return "the body matches once normalised: something between systeme.io and this server \
                    rewrites JSON; stop it, or see `accept_reserialized_bodies`"
                .to_owned();
        }
        UNKNOWN.to_owned()
    }
}
