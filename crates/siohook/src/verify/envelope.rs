//! What is around a payload, and which event a body is one of.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use siohook_events::{Event, EventName, Mechanism, Timestamp};

use crate::rejection::{Reason, Rejection};

const MEMBERS: &str = "an automation sends `type`, `data`, `account` and `created_at`";

/// The body of an automation; `D` is its payload.
#[derive(Deserialize)]
#[serde(bound(deserialize = "D: Deserialize<'de>"))]
pub(super) struct Automation<'a, D> {
    #[serde(rename = "type", borrow)]
    event: Cow<'a, str>,
    pub(super) data: D,
    #[serde(default, borrow)]
    account: Option<&'a RawValue>,
    #[serde(default, borrow)]
    created_at: Option<&'a RawValue>,
}

impl<'a, D: Deserialize<'a>> Automation<'a, D> {
    pub(super) fn read(json: &'a str) -> Result<Self, Rejection> {
        // To serde a list of the values is as good as an object.
        if json.trim_start().starts_with('[') {
            return Err(Rejection::new(Reason::NoEnvelope).hint(MEMBERS));
        }
        let envelope: Self =
            serde_json::from_str(json).map_err(|error| refusal(&error).hint(MEMBERS))?;
        if envelope.event.is_empty() {
            return Err(Rejection::new(Reason::NoEnvelope).hint("`type` is empty"));
        }
        Ok(envelope)
    }
}

/// What is around the payload of an automation.
pub(crate) struct Around {
    /// Where in the body the payload is.
    pub(crate) data: Range<usize>,
    pub(crate) account_email: Option<Box<str>>,
    pub(crate) created_at: Option<Timestamp>,
}

impl Around {
    pub(crate) fn read(body: &[u8]) -> Result<Self, Rejection> {
        #[derive(Deserialize)]
        struct Account {
            email: Box<str>,
        }
        let json = text(body)?;
        let automation = Automation::<&RawValue>::read(json)?;
        let data = automation.data.get();
        let start = data.as_ptr().addr() - json.as_ptr().addr();
        Ok(Self {
            data: start..start + data.len(),
            account_email: lenient(automation.account).map(|account: Account| account.email),
            created_at: lenient(automation.created_at),
        })
    }
}

/// Nothing is lost for the sake of what is not needed to route.
fn lenient<'a, T: Deserialize<'a>>(json: Option<&'a RawValue>) -> Option<T> {
    serde_json::from_str(json?.get()).ok()
}

/// The event that an automation names.
pub(super) fn event(body: &[u8]) -> Result<EventName, Rejection> {
    if let Some(name) = first_member(body) {
        return Ok(name);
    }
    let automation = Automation::<&RawValue>::read(text(body)?)?;
    Ok(EventName::new(&automation.event))
}

/// PHP writes `type` first: no need to read on.
fn first_member(body: &[u8]) -> Option<EventName> {
    let rest = body.strip_prefix(br#"{"type":""#)?;
    let end = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
    let name = (end > 0 && rest[end] == b'"').then_some(&rest[..end])?;
    EventName::try_from(name).ok()
}

/// Checks that an automation names no event of account webhooks, whose handlers
/// rely on signatures.
pub(super) fn check_automation(event: &EventName) -> Result<(), Rejection> {
    match event.event().map(Event::mechanism) {
        Some(Mechanism::Account) => Err(Rejection::new(Reason::EventContradicted)
            .hint("an automation names an event that only account webhooks have")),
        _ => Ok(()),
    }
}

/// The members that tell events of account webhooks apart.
pub(super) const TELLING: [&str; 4] = ["contact", "tag", "customer", "orderItem"];

/// Checks that the body of an account webhook is JSON and one of the event that
/// the header names. The header is not signed, so a sale that is replayed as a
/// new tag ends here.
pub(super) fn check_account(json: &str, event: &EventName) -> Result<(), Rejection> {
    let Told(there) = serde_json::from_str(json).map_err(|error| refusal(&error))?;
    let Some(event) = event.event() else {
        return Ok(());
    };
    let contradicted = |hint: String| Err(Rejection::new(Reason::EventContradicted).hint(hint));
    if event.mechanism() != Mechanism::Account {
        return contradicted("the header names an event that only automations have".to_owned());
    }
    for (member, there) in TELLING.into_iter().zip(there) {
        if there != event.members().contains(&member) {
            let is = if there { "has" } else { "has no" };
            return contradicted(format!(
                "the header says {}, but the body {is} `{member}`",
                event.name()
            ));
        }
    }
    Ok(())
}

/// Which of the telling members a body has, other than null.
struct Told([bool; TELLING.len()]);

impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Told;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Told, A::Error> {
        let mut there = [false; TELLING.len()];
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            let value = map.next_value::<Option<IgnoredAny>>()?;
            if let Some(at) = TELLING.iter().position(|member| *member == key) {
                there[at] = value.is_some();
            }
        }
        Ok(Told(there))
    }
}

pub(super) fn text(body: &[u8]) -> Result<&str, Rejection> {
    std::str::from_utf8(body).map_err(|_| Rejection::new(Reason::NotJson).hint("it is not UTF-8"))
}

fn refusal(error: &serde_json::Error) -> Rejection {
    Rejection::new(if error.is_data() {
        Reason::NoEnvelope
    } else {
        Reason::NotJson
    })
}
