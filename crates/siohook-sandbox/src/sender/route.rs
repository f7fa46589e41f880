//! The way to a receiver.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use siohook_events::headers::{ATTEMPT_ID, ATTEMPT_TIMESTAMP, SUBSCRIPTION_ID};
use siohook_events::{Mechanism, Timestamp};
use siohook_sender::{Request, RequestError, Sample};

use super::{Settings, trace};
use crate::clock::whole_seconds;
use crate::journal::RouteRecord;
use crate::{Damage, Source, Target};

/// What requests of the same source have in common, as long as its target stays the same.
pub(crate) struct Route {
    source: Arc<Source>,
    mechanism: Mechanism,
    target: Target,
    /// URL of the requests, with the token.
    pub(crate) url: String,
    forwarded_for: Option<IpAddr>,
    sentry_headers: bool,
}

impl Route {
    pub(super) fn new(
        settings: &Settings,
        sample: &Sample,
        source: Arc<Source>,
        target: Target,
    ) -> Result<Self, RequestError> {
        let mechanism = sample.mechanism();
        let sample = sample.clone();
        let addressed = match (mechanism, &target.key) {
            (Mechanism::Automation, Some(token)) => sample.token(token),
            _ => sample.unsigned(),
        };
        Ok(Self {
            source,
            mechanism,
            url: addressed.request(&target.url)?.url(),
            target,
            forwarded_for: settings.forwarded_for,
            sentry_headers: settings.sentry_headers,
        })
    }

    /// The route of a request of an earlier process.
    pub(super) fn restored(
        sample: &Sample,
        source: Arc<Source>,
        record: RouteRecord<'_>,
    ) -> Result<Self, RequestError> {
        let settings = Settings {
            forwarded_for: record.forwarded_for,
            sentry_headers: record.sentry_headers,
            ..Settings::default()
        };
        let target = Target {
            url: record.url.into_owned(),
            key: record.key.map(Cow::into_owned),
        };
        Self::new(&settings, sample, source, target)
    }

    /// What [`restored`](Self::restored) needs.
    pub(crate) fn record(&self) -> RouteRecord<'_> {
        RouteRecord {
            url: Cow::Borrowed(&self.target.url),
            key: self.target.key.as_deref().map(Cow::from),
            forwarded_for: self.forwarded_for,
            sentry_headers: self.sentry_headers,
        }
    }

    /// Whether requests on the other route are the same.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.is(other.mechanism, &other.source, &other.target)
            && self.forwarded_for == other.forwarded_for
            && self.sentry_headers == other.sentry_headers
    }

    /// Whether messages by this mechanism go from the source to the target on this route.
    pub(super) fn is(&self, mechanism: Mechanism, source: &Source, target: &Target) -> bool {
        self.mechanism == mechanism && *self.source == *source && self.target == *target
    }

    /// The request of an attempt, signed with the key of the route, and damaged then.
    pub(crate) fn request(
        &self,
        sample: &Sample,
        id: &str,
        at: Timestamp,
        damage: Option<Damage>,
    ) -> Result<Request, RequestError> {
        // The URL has the token already.
        let mut sample = sample.clone().unsigned();
        if let Some(address) = self.forwarded_for {
            sample = sample.header("x-forwarded-for", &address.to_string());
        }
        if self.mechanism == Mechanism::Account {
            if self.sentry_headers {
                for (name, value) in trace::headers(id) {
                    sample = sample.header(name, &value);
                }
            }
            let time = whole_seconds(at.unix_seconds()).to_string();
            sample = sample
                .header(ATTEMPT_ID, id)
                .header(ATTEMPT_TIMESTAMP, &time);
            if let Source::Webhook { subscription, .. } = &*self.source {
                sample = sample.header(SUBSCRIPTION_ID, subscription);
            }
            if let Some(secret) = &self.target.key {
                sample = sample.signed_with(secret);
            }
        }
        let Some(damage) = damage else {
            return sample.request(&self.url);
        };
        let secret = self.target.key.as_deref();
        let secret = secret.filter(|_| self.mechanism == Mechanism::Account);
        let sample = damage.of_sample(sample, secret, id);
        match self.mechanism {
            Mechanism::Automation => sample.request(&damage.of_url(&self.url)),
            _ => sample.request(&self.url),
        }
    }
}
