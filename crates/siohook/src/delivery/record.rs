//! A delivery without its body, as data.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};
use serde_json::Value;
use siohook_events::{EventName, Mechanism, Shown, Timestamp};

#[cfg(feature = "tracing")]
use super::SenderTrace;
use super::{Delivery, Parts, Trust, TrustedBy};
use crate::request::{Extensions, Header, Headers, query};

/// The version that [`Delivery::to_record`] writes.
const VERSION: u64 = 1;

/// Everything of a verified delivery but its body, as data to store.
///
/// [`Delivery::to_record`] makes one, any format of serde that describes itself stores it, such as
/// JSON, and [`Dispatcher::restore`](crate::Dispatcher::restore) makes a delivery of it and the
/// body:
///
/// ```standalone_crate
/// # let dispatcher = siohook::Dispatcher::builder().accept_unverified().allow_no_handlers().build()?;
/// use siohook::{Delivery, Dispatcher, Incoming, Record};
///
/// let body = r#"{"type": "ping", "data": {}, "account": {"email": "owner@example.com"}}"#;
/// let delivery = dispatcher.verify(Incoming::post(body).query("tier=gold&token=abc"))?;
/// let stored = serde_json::to_string(&delivery.to_record())?;
/// assert!(!stored.contains("abc") && !stored.contains("owner@example.com"));
///
/// let record: Record = serde_json::from_str(&stored)?;
/// let restored = dispatcher.restore(record, delivery.body().clone())?;
/// assert_eq!(restored.event(), "ping");
/// assert_eq!(restored.query("tier").as_deref(), Some("gold"));
/// assert_eq!(restored.key(), delivery.key());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// It holds mechanism, event, message id, attempt id, time and schema version (those of an account
/// webhook's headers), the parameters of the URL without the token, the [trust](Trust) with its
/// label, and, with the feature `tracing`, the ids of the sender's trace. If the body was
/// [serialised again](crate::DispatcherBuilder::accept_reserialized_bodies) on the way, it holds
/// the SHA-256 of the one that was signed, for the [`key`](Delivery::key). It holds no token, no
/// signature, no secret and no value of the body.
///
/// # Trust
///
/// The signature and the token are checked once, when the request arrives. A restored delivery has
/// the trust that its record says. So a program that can write a record can make handlers run:
/// protect the place where records and bodies are stored like the program itself.
///
/// # Versions
///
/// A record has the member `version`. The [`restore`](crate::Dispatcher::restore) of this version
/// of siohook reads version 1, and fails for any other. Members that it does not know are ignored,
/// and a record of another version is written as it was read.
///
/// `Debug` does not show the parameters of the URL, because they may be personal.
#[derive(Clone)]
pub struct Record(Version);

#[derive(Clone)]
enum Version {
    One(Box<VersionOne>),
    Unknown(u64, Value),
}

#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct VersionOne {
    version: u64,
    mechanism: Mechanism,
    event: Box<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message_id: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attempt_id: Option<Box<str>>,
    /// Of an account webhook. An automation has it in its body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    occurred_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    schema_version: Option<u32>,
    /// The parameters of the URL, without the token.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    query: String,
    trust: RecordedTrust,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest_as_signed: Option<Box<[u8; 32]>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sender_trace: Option<Box<str>>,
}

/// [`Trust`] as a record stores it.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum RecordedTrust {
    Signed { secret: Box<str> },
    Token { label: Option<Box<str>> },
    SourceIp,
    Unverified,
}

impl From<Trust<'_>> for RecordedTrust {
    fn from(trust: Trust<'_>) -> Self {
        match trust {
            Trust::Signed { secret } => Self::Signed {
                secret: secret.into(),
            },
            Trust::Token { label } => Self::Token {
                label: label.map(Box::from),
            },
            Trust::SourceIp => Self::SourceIp,
            Trust::Unverified => Self::Unverified,
        }
    }
}

impl From<RecordedTrust> for TrustedBy {
    fn from(trust: RecordedTrust) -> Self {
        match trust {
            RecordedTrust::Signed { secret } => Self::Secret(secret.into()),
            RecordedTrust::Token { label } => Self::Token(label.map(Arc::from)),
            RecordedTrust::SourceIp => Self::SourceIp,
            RecordedTrust::Unverified => Self::Nothing,
        }
    }
}

impl Delivery {
    /// Returns everything but the body, as data to store.
    ///
    /// An `Extension` is not a part of it, because it may have any type:
    /// [`HandlerInfo::needs_extension`](crate::HandlerInfo::needs_extension) tells which handlers
    /// can't run on a restored delivery.
    ///
    /// ```
    /// use siohook::Delivery;
    ///
    /// fn store(delivery: &Delivery) -> serde_json::Result<(String, Vec<u8>)> {
    ///     let record = serde_json::to_string(&delivery.to_record())?;
    ///     Ok((record, delivery.body().to_vec()))
    /// }
    /// ```
    #[must_use]
    pub fn to_record(&self) -> Record {
        let parts = self.parts();
        let occurred_at = match parts.mechanism {
            Mechanism::Automation => None,
            _ => self.occurred_at(),
        };
        #[cfg(feature = "tracing")]
        let sender_trace = self.sender_trace().map(|trace| trace.to_text().into());
        #[cfg(not(feature = "tracing"))]
        let sender_trace = None;
        Record(Version::One(Box::new(VersionOne {
            version: VERSION,
            mechanism: parts.mechanism,
            event: parts.event.as_str().into(),
            message_id: self.message_id().map(Box::from),
            attempt_id: self.attempt_id().map(Box::from),
            occurred_at,
            schema_version: self.schema_version(),
            query: query::without_token(&parts.query),
            trust: self.trust().into(),
            digest_as_signed: parts.digest_as_signed.clone(),
            sender_trace,
        })))
    }
}

/// The version of a record that this version of siohook can't read.
pub(crate) struct UnknownVersion(pub(crate) u64);

impl Record {
    /// Adds the body. The headers are those that a delivery reads.
    pub(crate) fn into_parts(self, body: Bytes) -> Result<Parts, UnknownVersion> {
        let record = match self.0 {
            Version::One(record) => *record,
            Version::Unknown(version, _) => return Err(UnknownVersion(version)),
        };
        let mut headers = Headers::default();
        let mut add = |header, value: Option<&str>| {
            if let Some(value) = value {
                headers.push(header, value.as_bytes());
            }
        };
        let occurred_at = record.occurred_at.map(|time| time.to_string());
        let schema_version = record.schema_version.map(|version| version.to_string());
        add(Header::MessageId, record.message_id.as_deref());
        add(Header::AttemptId, record.attempt_id.as_deref());
        add(Header::EventTimestamp, occurred_at.as_deref());
        add(Header::SchemaVersion, schema_version.as_deref());
        #[cfg(feature = "tracing")]
        if let Some(trace) = &record.sender_trace {
            SenderTrace::restore(trace, &mut headers);
        }
        Ok(Parts {
            mechanism: record.mechanism,
            event: EventName::new(&record.event),
            headers,
            query: record.query.into(),
            extensions: Extensions::default(),
            trusted_by: record.trust.into(),
            mac: None,
            digest_as_signed: record.digest_as_signed,
            body,
        })
    }
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Version::One(record) => record.serialize(serializer),
            Version::Unknown(_, record) => record.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A database may have changed the order of the members.
        let record = Value::deserialize(deserializer)?;
        let version = record.get("version").and_then(Value::as_u64);
        Ok(Self(match version {
            Some(VERSION) => Version::One(serde_json::from_value(record).map_err(Error::custom)?),
            Some(version) => Version::Unknown(version, record),
            None => return Err(Error::custom("a record needs a number as its `version`")),
        }))
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Record");
        match &self.0 {
            Version::One(record) => debug
                .field("version", &record.version)
                .field("mechanism", &record.mechanism)
                .field("event", &Shown::value(&record.event))
                .field("message_id", &record.message_id.as_ref().map(Shown::value)),
            Version::Unknown(version, _) => debug.field("version", version),
        };
        debug.finish_non_exhaustive()
    }
}
