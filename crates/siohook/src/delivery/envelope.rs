//! The envelope of an automation: the members around its payload. No other code reads it.

use std::borrow::Cow;
use std::ops::Range;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use siohook_events::{EventName, Timestamp};

/// The envelope of an automation, without its `type`.
pub(crate) struct Envelope {
    /// The range of the payload in the body.
    pub(crate) data: Range<usize>,
    pub(crate) account_email: Option<Box<str>>,
    pub(crate) created_at: Option<Timestamp>,
}

/// Why a body is not the envelope of an automation.
#[derive(Clone, Copy)]
pub(crate) enum EnvelopeError {
    NotUtf8,
    NotJson,
    OtherJson,
    EmptyType,
}

impl Envelope {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, EnvelopeError> {
        #[derive(Deserialize)]
        struct Account {
            email: Box<str>,
        }
        let json = text(body)?;
        let members = Members::<&RawValue, &RawValue>::parse(json)?;
        let data = members.data.get();
        let start = data.as_ptr().addr() - json.as_ptr().addr();
        Ok(Self {
            data: start..start + data.len(),
            account_email: lenient(members.account).map(|account: Account| account.email),
            created_at: lenient(members.created_at),
        })
    }
}

/// Reads the name of the event.
pub(crate) fn event_name(body: &[u8]) -> Result<EventName, EnvelopeError> {
    if let Some(name) = first_member(body) {
        return Ok(name);
    }
    let members = Members::<IgnoredAny, IgnoredAny>::parse(text(body)?)?;
    Ok(EventName::new(&members.event))
}

/// Parses the payload and checks the envelope in one pass.
pub(crate) fn payload<'a, P: Deserialize<'a>>(body: &'a [u8]) -> Result<P, EnvelopeError> {
    Ok(Members::<P, IgnoredAny>::parse(text(body)?)?.data)
}

/// The body as text.
pub(crate) fn text(body: &[u8]) -> Result<&str, EnvelopeError> {
    std::str::from_utf8(body).map_err(|_| EnvelopeError::NotUtf8)
}

/// The members of an envelope. `D` is the payload, and `R` holds the other members.
#[derive(Deserialize)]
#[serde(bound(deserialize = "D: Deserialize<'de>, R: Deserialize<'de>"))]
struct Members<'a, D, R> {
    #[serde(rename = "type", borrow)]
    event: Cow<'a, str>,
    data: D,
    account: Option<R>,
    created_at: Option<R>,
}

impl<'a, D: Deserialize<'a>, R: Deserialize<'a>> Members<'a, D, R> {
    fn parse(json: &'a str) -> Result<Self, EnvelopeError> {
        // A derived `Deserialize` also accepts a list of the field values.
        if json.trim_start().starts_with('[') {
            return Err(EnvelopeError::OtherJson);
        }
        let members: Self = serde_json::from_str(json).map_err(|error| {
            if error.is_data() {
                EnvelopeError::OtherJson
            } else {
                EnvelopeError::NotJson
            }
        })?;
        if members.event.is_empty() {
            return Err(EnvelopeError::EmptyType);
        }
        Ok(members)
    }
}

/// Parses a member that routing does not need. `None` if it can't be parsed.
fn lenient<'a, T: Deserialize<'a>>(json: Option<&'a RawValue>) -> Option<T> {
    serde_json::from_str(json?.get()).ok()
}

/// Reads the name without parsing the body, if `type` is the first member. PHP writes it
/// first.
fn first_member(body: &[u8]) -> Option<EventName> {
    let rest = body.strip_prefix(br#"{"type":""#)?;
    let end = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
    let name = (end > 0 && rest[end] == b'"').then_some(&rest[..end])?;
    EventName::try_from(name).ok()
}
