use siohook_events::Mechanism;
use siohook_sender::nearest;

use super::super::Fault;
use super::super::input::Parameters;
use crate::account::Account;
use crate::{Message, Source, Status};

/// Which messages are meant. What is left out is not asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) mechanisms: Vec<Mechanism>,
    pub(crate) events: Vec<String>,
    pub(crate) statuses: Vec<Status>,
    pub(crate) webhook: Option<String>,
    pub(crate) rule: Option<u64>,
    pub(crate) workflow: Option<u64>,
    pub(crate) contact: Option<u64>,
    /// A text in the id, the event, the URL or the body, in lower case.
    pub(crate) text: Option<String>,
}

impl Filter {
    pub(crate) fn matches(&self, message: &Message) -> bool {
        fn has<T: PartialEq<U>, U: ?Sized>(wanted: &[T], value: &U) -> bool {
            wanted.is_empty() || wanted.iter().any(|one| one == value)
        }
        has(&self.mechanisms, &message.mechanism())
            && has(&self.events, message.event())
            && has(&self.statuses, &message.status)
            && (self.contact.is_none() || self.contact == message.contact())
            && self.is_from(message.source())
            && self
                .text
                .as_deref()
                .is_none_or(|text| contains(message, text))
    }

    fn is_from(&self, source: &Source) -> bool {
        let (mut webhook_is, mut rule_is, mut workflow_is) = (None, None, None);
        match source {
            Source::Webhook { webhook, .. } => webhook_is = Some(webhook),
            Source::Rule { rule, .. } => rule_is = Some(*rule),
            Source::Workflow { workflow, .. } => workflow_is = Some(*workflow),
            Source::Direct { .. } => {}
        }
        (self.webhook.is_none() || self.webhook.as_ref() == webhook_is)
            && (self.rule.is_none() || self.rule == rule_is)
            && (self.workflow.is_none() || self.workflow == workflow_is)
    }
}

/// Whether a text in lower case is in what is shown of a message, in any case.
fn contains(message: &Message, text: &str) -> bool {
    let has = |part: &str| {
        // The case of ASCII alone is changed much faster.
        let part = if text.is_ascii() {
            part.to_ascii_lowercase()
        } else {
            part.to_lowercase()
        };
        part.contains(text)
    };
    let sent = message.latest().and_then(|attempt| attempt.sent.as_ref());
    let in_request = sent.is_some_and(|sent| {
        has(&sent.route.url) || has(&String::from_utf8_lossy(sent.sample.body()))
    });
    in_request || has(&message.id) || has(message.event())
}

/// Reads a filter from the parameters of a URL.
pub(super) fn read(parameters: &Parameters, account: &Account) -> Result<Filter, Fault> {
    let list = |name| {
        parameters
            .text(name)
            .into_iter()
            .flat_map(|text| text.split(','))
    };
    let mechanisms = list("mechanism").map(|name| match name {
        "account" => Ok(Mechanism::Account),
        "automation" => Ok(Mechanism::Automation),
        _ => Err(Fault::invalid(
            "mechanism",
            format!("`{name}` is neither `account` nor `automation`"),
        )),
    });
    let statuses = list("status").map(|name| {
        let names = Status::ALL.map(Status::as_str);
        let status = Status::ALL.into_iter().find(|one| one.as_str() == name);
        status.ok_or_else(|| Fault {
            did_you_mean: nearest(name, names).map(str::to_owned),
            ..Fault::invalid(
                "status",
                format!(
                    "there is no status `{name}`; there are {}",
                    names.join(", ")
                ),
            )
        })
    });
    Ok(Filter {
        mechanisms: mechanisms.collect::<Result<_, _>>()?,
        events: list("event").map(str::to_owned).collect(),
        statuses: statuses.collect::<Result<_, _>>()?,
        webhook: parameters.text("webhook").map(str::to_owned),
        rule: parameters.number("rule", 0..=u64::MAX)?,
        workflow: parameters.number("workflow", 0..=u64::MAX)?,
        contact: parameters.text("contact").map(|contact| {
            let id = contact.parse().ok();
            let known = || account.read(|state| Some(state.contact_with_email(contact)?.id));
            // A contact that does not exist has no messages.
            id.or_else(known).unwrap_or(0)
        }),
        text: parameters.text("q").map(str::to_lowercase),
    })
}
