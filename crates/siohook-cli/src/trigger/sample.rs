//! The sample that the flags describe.

use siohook_events::Shown;
use siohook_sandbox::{Mechanism, Sample};

use super::{Trigger, mechanism_of};
use crate::config::Config;
use crate::secret::{Reader, Shared};
use crate::{Failure, Output, event, input, pointer, text};

/// Makes the sample, and says what protects it.
pub(super) fn make(
    trigger: &Trigger,
    to: &str,
    output: Output,
    config: &Config,
) -> Result<(Sample, String), Failure> {
    protected(trigger, to, plain(trigger)?, output, config)
}

/// Makes the sample without what protects it.
pub(super) fn plain(trigger: &Trigger) -> Result<Sample, Failure> {
    let sample = edited(trigger, body(trigger)?)?;
    around(trigger, sample)
}

/// The event with its body.
fn body(trigger: &Trigger) -> Result<Sample, Failure> {
    let name = &*trigger.event;
    let sample = if trigger.unlisted {
        match mechanism_of(name) {
            Mechanism::Automation => Sample::automation(name, Empty {}),
            _ => Sample::account(name, Empty {}),
        }
    } else {
        let listed = event::find(name)?;
        match &trigger.form {
            Some(form) => Sample::try_variant(listed.name(), form).map_err(|error| {
                Failure::usage(Shown::text(error).to_string())
                    .hint(format!("`siohook events {name}` shows the forms"))
            })?,
            None => Sample::try_of(listed.name()).map_err(|error| refused(&error))?,
        }
    };
    match &trigger.body {
        Some(path) => Ok(sample.with_body(input::read(path)?.1)),
        None => Ok(sample),
    }
}

#[derive(serde::Serialize)]
struct Empty {}

/// The edits of the payload, in the order of the help.
fn edited(trigger: &Trigger, mut sample: Sample) -> Result<Sample, Failure> {
    for (pointer, value) in pointer::parse_all(&trigger.set)? {
        sample = sample.try_set(&pointer, value).map_err(|error| {
            let failure = refused(&error);
            match error.suggestion() {
                Some(_) => failure,
                None => failure.hint(format!(
                    "`siohook events {}` lists the pointers; `--add` adds a member",
                    Shown::value(&trigger.event)
                )),
            }
        })?;
    }
    for (pointer, value) in pointer::parse_all(&trigger.add)? {
        sample = sample
            .try_add(&pointer, value)
            .map_err(|error| refused(&error))?;
    }
    for pointer in &trigger.remove {
        sample = sample
            .try_remove(pointer)
            .map_err(|error| refused(&error))?;
    }
    Ok(sample)
}

fn refused(error: &siohook_sender::SampleError) -> Failure {
    Failure::new(
        crate::Exit::Usage,
        "bad_edit",
        Shown::text(error).to_string(),
    )
}

/// Times, ids and headers.
fn around(trigger: &Trigger, mut sample: Sample) -> Result<Sample, Failure> {
    let is_account = sample.mechanism() == Mechanism::Account;
    let name = sample.event().to_string();
    let at = match trigger.at {
        Some(at) => Some(at.to_string()),
        // A second ago, since the first attempt is a second after the event. A body that was given
        // stays as it is.
        None if is_account || trigger.body.is_none() => Some(text::before(1)),
        None => None,
    };
    if let Some(at) = at {
        if sample.occurred_at().is_none() {
            let message = format!("{name}: `--at` sets `created_at`, which the body does not have");
            return Err(Failure::usage(message));
        }
        sample = sample.at(&at);
    }
    if let Some(email) = &trigger.account_email {
        let body: Option<serde_json::Value> = serde_json::from_slice(sample.body()).ok();
        let has_account = body.is_some_and(|body| body.pointer("/account/email").is_some());
        if is_account || !has_account {
            let message =
                format!("{name} has no e-mail address of the account: automations have one");
            return Err(Failure::usage(message));
        }
        sample = sample.account_email(email);
    }
    match &trigger.message_id {
        Some(id) if is_account => sample = sample.with_message_id(id),
        Some(_) => {
            let message =
                format!("{name} has no message id: automations are told apart by their body");
            return Err(Failure::usage(message));
        }
        None => {}
    }
    sample = sample.attempt(trigger.attempt);
    for header in &trigger.header {
        let (name, value) = header.split_once(':').ok_or_else(|| {
            Failure::usage("write a header as `NAME: VALUE`, or `NAME:` to leave it out")
        })?;
        sample = match value.trim() {
            "" => sample.without_header(name),
            value => sample.header(name, value),
        };
    }
    Ok(sample)
}

/// Signs the sample, or appends the token.
fn protected(
    trigger: &Trigger,
    to: &str,
    sample: Sample,
    output: Output,
    config: &Config,
) -> Result<(Sample, String), Failure> {
    let (shared, flag, other) = match sample.mechanism() {
        Mechanism::Account => (Shared::Secret, &trigger.secret, &trigger.token),
        _ => (Shared::Token, &trigger.token, &trigger.secret),
    };
    if trigger.unsigned {
        return Ok((sample.unsigned(), "unsigned".to_owned()));
    }
    if shared == Shared::Token && flag.is_none() && has_token(to) {
        return Ok((sample.unsigned(), "token in the URL".to_owned()));
    }
    let found = Reader::new(output).first(shared, flag.as_deref(), config)?;
    let Some(secret) = found else {
        return Err(missing(&sample, shared, other.is_some()));
    };
    let source = &secret.source;
    Ok(match shared {
        Shared::Secret => (
            sample.signed_with(&secret.value),
            format!("signed with {source}"),
        ),
        Shared::Token => (sample.token(&secret.value), format!("token of {source}")),
    })
}

fn has_token(url: &str) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    query.split('&').any(|part| part.starts_with("token="))
}

fn missing(sample: &Sample, shared: Shared, has_other: bool) -> Failure {
    let (name, flag, variable) = (sample.event(), shared.flag(), shared.variable());
    let message = match (shared, has_other) {
        (Shared::Secret, false) => format!("{name} is signed, and there is no secret"),
        (Shared::Secret, true) => format!("{name} is signed: it needs a secret, not a token"),
        (Shared::Token, false) => {
            format!("{name} is sent with a token in its URL, and there is none")
        }
        (Shared::Token, true) => format!("{name} is not signed: it needs a token, not a secret"),
    };
    Failure::new(crate::Exit::Usage, "no_secret", message).hint(format!(
        "export {variable}=…\n{flag} file:PATH, or another source\n--unsigned to send it without"
    ))
}
