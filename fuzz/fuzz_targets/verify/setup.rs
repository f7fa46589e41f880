//! Configurations of dispatchers, and the trust that each gives a request.

use arbitrary::Arbitrary;
use siohook::{Dispatcher, DispatcherBuilder, IpAllowList, Trust};
use siohook_events::php_json;

use crate::request::{Rare, Request, hex_signature};

/// Label, text, and whether the secret is bound to [`BOUND_TO`].
type Secret = (&'static str, &'static str, bool);

const SECRETS: [Secret; 2] = [
    ("main", "correct horse battery staple", false),
    ("quoted", "\"quotes around it\"", false),
];

const BOUND: Secret = ("bound", "for nothing but sales", true);

const BOUND_TO: &str = "SALE_";

const TOKENS: [&str; 2] = ["b7e1f3c9-d2", "a/b c+é%&="];

const NETWORKS: [&str; 4] = [
    "203.0.113.0/24",
    "198.51.100.4",
    "2001:db8::/32",
    "192.0.2.9",
];

#[derive(Arbitrary, Debug)]
pub struct Setup {
    secrets: Subset<2>,
    /// Rare because `build` then looks for misspelt events, which is slow.
    bound_secret: Rare<()>,
    tokens: Subset<2>,
    source_ips: Rare<Subset<4>>,
    trusted_proxies: Subset<4>,
    accept_reserialized: bool,
    accept_unverified: Rare<()>,
    small: Rare<u8>,
    detached: bool,
}

/// The entries of a list of `N` whose bit is not set. So the simplest input is a setup
/// that trusts something.
#[derive(Arbitrary, Debug)]
struct Subset<const N: usize>(u8);

impl<const N: usize> Subset<N> {
    fn of<T: Copy>(&self, list: [T; N]) -> impl Iterator<Item = T> {
        let chosen = move |(place, entry)| (self.0 >> place & 1 == 0).then_some(entry);
        list.into_iter().enumerate().filter_map(chosen)
    }
}

impl Setup {
    pub fn builder(&self) -> DispatcherBuilder {
        let mut builder = Dispatcher::builder()
            .trusted_proxies(self.trusted_proxies.of(NETWORKS))
            .max_body_bytes(self.max_body_bytes());
        for (label, secret, bound) in self.secrets() {
            builder = if bound {
                builder.account_secret_for(label, secret, [format!("{BOUND_TO}*")])
            } else {
                builder.account_secret(label, secret)
            };
        }
        for token in self.tokens.of(TOKENS) {
            builder = builder.automation_token(token);
        }
        if let Some(allowed) = &self.source_ips.0 {
            builder = builder.source_ips(IpAllowList::new(allowed.of(NETWORKS)));
        }
        if self.accept_reserialized {
            builder = builder.accept_reserialized_bodies();
        }
        if self.accept_unverified.0.is_some() {
            builder = builder.accept_unverified();
        }
        if self.detached {
            builder = builder.detach(crate::block_on);
        }
        builder
    }

    fn secrets(&self) -> impl Iterator<Item = Secret> {
        self.secrets
            .of(SECRETS)
            .chain(self.bound_secret.0.map(|()| BOUND))
    }

    fn max_body_bytes(&self) -> usize {
        self.small.0.map_or(1024 * 1024, usize::from)
    }

    /// The secrets and tokens, which no text may show.
    pub fn confidential(&self) -> impl Iterator<Item = &'static str> {
        let secrets = self.secrets().map(|(_, secret, _)| secret);
        secrets.chain(self.tokens.of(TOKENS))
    }

    /// The expected trust of a request, computed without `verify`.
    pub fn trust(&self, request: &Request) -> Option<Trust<'static>> {
        if request.method != "POST" || request.body.len() > self.max_body_bytes() {
            return None;
        }
        let unverified = self
            .accept_unverified
            .0
            .as_ref()
            .map(|()| Trust::Unverified);
        let trust = if request.is_account() {
            self.account_trust(request)
        } else {
            self.automation_trust(request)
        };
        trust
            .filter(|_| self.allows_address(request))
            .or(unverified)
    }

    fn account_trust(&self, request: &Request) -> Option<Trust<'static>> {
        let signature = request.first("x-webhook-signature")?.to_ascii_lowercase();
        let event = request.first("x-webhook-event").unwrap_or_default();
        let reserialized = self
            .accept_reserialized
            .then(|| php_json::normalize(&request.body))
            .flatten();
        let restored = reserialized.as_deref().and_then(php_json::restore_vat);
        [Some(request.body.clone()), reserialized, restored]
            .iter()
            .flatten()
            .find_map(|body| {
                let (secret, ..) = self.secrets().find(|(_, secret, bound)| {
                    hex_signature(secret, body).as_bytes() == signature
                        && (!bound || event.starts_with(BOUND_TO.as_bytes()))
                })?;
                Some(Trust::Signed { secret })
            })
    }

    /// An automation is not signed: its token or address decides.
    fn automation_trust(&self, request: &Request) -> Option<Trust<'static>> {
        if self.tokens.of(TOKENS).next().is_none() {
            return self.source_ips.0.as_ref().map(|_| Trust::SourceIp);
        }
        let parameter = request.query.split('&').find(|p| p.starts_with("token="))?;
        let (_, given) = form_urlencoded::parse(parameter.as_bytes()).next()?;
        let known = self.tokens.of(TOKENS).any(|token| token == given);
        known.then_some(Trust::Token { label: None })
    }

    /// The target `forwarded` checks which address that is.
    fn allows_address(&self, request: &Request) -> bool {
        let Some(allowed) = &self.source_ips.0 else {
            return true;
        };
        let proxies = IpAllowList::new(self.trusted_proxies.of(NETWORKS));
        siohook::fuzzing::client_address(&request.incoming(), &proxies)
            .is_some_and(|address| IpAllowList::new(allowed.of(NETWORKS)).contains(address))
    }
}
