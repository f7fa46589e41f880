//! What is around a payload.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use siohook_events::{EventName, Mechanism, Timestamp};

use crate::rejection::{Reason, Rejection};

/// The body of an automation, but for the payload.
pub(super) struct Automation<'a> {
    pub(super) event: Cow<'a, str>,
    pub(super) data: &'a [u8],
    pub(super) account_email: Option<Box<str>>,
    pub(super) created_at: Option<Timestamp>,
}

pub(super) fn automation(body: &[u8]) -> Result<Automation<'_>, Rejection> {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(rename = "type", borrow)]
        event: Cow<'a, str>,
        #[serde(borrow)]
        data: &'a RawValue,
        #[serde(default, borrow)]
        account: Option<&'a RawValue>,
        #[serde(default, borrow)]
        created_at: Option<&'a RawValue>,
    }

    #[derive(Deserialize)]
    struct Account {
        email: Box<str>,
    }

    /// Nothing is lost for the sake of what is not needed to route.
    fn lenient<'a, T: Deserialize<'a>>(json: Option<&'a RawValue>) -> Option<T> {
        serde_json::from_str(json?.get()).ok()
    }

    const MEMBERS: &str = "an automation sends `type`, `data`, `account` and `created_at`";
    let json = text(body)?;
    // To serde a list of the values is as good as an object.
    if json.trim_start().starts_with('[') {
        return Err(Rejection::new(Reason::NoEnvelope).hint(MEMBERS));
    }
    let envelope: Envelope<'_> =
        serde_json::from_str(json).map_err(|error| refusal(&error).hint(MEMBERS))?;
    if envelope.event.is_empty() {
        return Err(Rejection::new(Reason::NoEnvelope).hint("`type` is empty"));
    }
    Ok(Automation {
        event: envelope.event,
        data: envelope.data.get().as_bytes(),
        account_email: lenient(envelope.account).map(|account: Account| account.email),
        created_at: lenient(envelope.created_at),
    })
}

/// The members that tell events apart.
const TELLING: [&str; 4] = ["contact", "tag", "customer", "orderItem"];

/// Checks that the body of an account webhook is JSON and one of the event that
/// the header names. The header is not signed, so a sale that is replayed as a
/// new tag ends here.
pub(super) fn account(body: &[u8], event: &EventName) -> Result<(), Rejection> {
    let members: BTreeMap<Cow<'_, str>, Option<IgnoredAny>> =
        serde_json::from_str(text(body)?).map_err(|error| refusal(&error))?;
    let Some(event) = event.event() else {
        return Ok(());
    };
    let contradicted = |hint: String| Err(Rejection::new(Reason::EventContradicted).hint(hint));
    if event.mechanism() != Mechanism::Account {
        return contradicted("the header names an event that only automations have".to_owned());
    }
    for member in TELLING {
        let there = members.get(member).is_some_and(Option::is_some);
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

fn text(body: &[u8]) -> Result<&str, Rejection> {
    std::str::from_utf8(body).map_err(|_| Rejection::new(Reason::NotJson).hint("it is not UTF-8"))
}

fn refusal(error: &serde_json::Error) -> Rejection {
    Rejection::new(if error.is_data() {
        Reason::NoEnvelope
    } else {
        Reason::NotJson
    })
}
