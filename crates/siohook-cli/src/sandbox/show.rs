use clap::Args;
use serde_json::json;
use siohook_events::Shown;

use super::message::{Known, Message};
use super::pretty::pretty;
use super::report::answer;
use super::select::AttemptSelector;
use crate::client::{Client, Connection, NOT_FOUND};
use crate::output::{self, BOLD, FAINT, Output};
use crate::text::{size, time};
use crate::{Exit, Failure};

/// Show a message, its attempts, and what was answered
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  siohook sandbox show @1            the latest message
  siohook sandbox show 01a0e483.2    its second attempt
  siohook sandbox show @1 --raw      the bytes that were sent")]
pub(super) struct Show {
    /// An id, the beginning of one, or @1 for the latest; with `.2` its second attempt
    #[arg(value_name = "ID[.ATTEMPT]")]
    which: AttemptSelector,
    /// Write the bytes of the request, with its signature or token
    #[arg(long, conflicts_with = "json")]
    raw: bool,
    #[command(flatten)]
    connection: Connection,
}

impl Show {
    pub(super) async fn run(self, output: Output) -> Result<Exit, Failure> {
        let mut client = Client::new(self.connection, output);
        let message = self.which.message.find(&mut client).await?;
        let known = &message.known;
        let attempts = known.attempts.len();
        let number = self.which.attempt;
        let is_there = |number: u32| known.attempts.iter().any(|attempt| attempt.n == number);
        if number.is_some_and(|number| !is_there(number)) {
            return Err(no_attempt(attempts));
        }
        if self.raw {
            let latest = known.attempts.last().map(|attempt| attempt.n);
            let number = number.or(latest).ok_or_else(|| no_attempt(attempts))?;
            let path = format!("/messages/{}/attempts/{number}/request", known.id);
            output::bytes(&client.bytes(&path).await?)?;
        } else if output.is_json {
            write_json(&message, number)?;
        } else {
            write(known, number)?;
        }
        Ok(Exit::Good)
    }
}

fn no_attempt(attempts: usize) -> Failure {
    let message = format!("the message has {attempts} attempts so far");
    Failure::new(Exit::Usage, NOT_FOUND, message)
}

fn write_json(message: &Message, number: Option<u32>) -> Result<(), Failure> {
    let Some(number) = number else {
        output::json("message", &message.json)?;
        return Ok(());
    };
    let attempts = message.json["attempts"].as_array().into_iter().flatten();
    for attempt in attempts.filter(|attempt| attempt["n"] == number) {
        output::json(
            "attempt",
            json!({"message": message.known.id, "attempt": attempt}),
        )?;
    }
    Ok(())
}

fn write(message: &Known, number: Option<u32>) -> Result<(), Failure> {
    let fact = |name: &str, value: &str| {
        let value = Shown::text(value);
        output::line(format_args!("{FAINT}{name:<10}{FAINT:#}{value}"))
    };
    output::line(format_args!(
        "{BOLD}{}{BOLD:#}",
        Shown::value(&message.event)
    ))?;
    fact("id", &message.id)?;
    fact("by", &source(message))?;
    fact("to", message.destination())?;
    fact("happened", &time(&message.occurred_at))?;
    fact("status", &message.status)?;
    if let Some(next) = &message.next_attempt_at {
        fact("next", &time(next))?;
    }
    let is_meant = |n: u32| number.is_none_or(|number| number == n);
    for attempt in message
        .attempts
        .iter()
        .filter(|attempt| is_meant(attempt.n))
    {
        let (result, style) = answer(attempt);
        let again = if attempt.resent { "  resent" } else { "" };
        output::line("")?;
        output::line(format_args!(
            "{BOLD}attempt {}{BOLD:#}  {}  {style}→ {}{style:#}  {} ms{again}",
            attempt.n,
            Shown::value(time(&attempt.at)),
            Shown::value(result),
            attempt.ms,
        ))?;
        let chaos = attempt.chaos(message);
        for text in [&attempt.error, &attempt.hint, &chaos]
            .into_iter()
            .flatten()
        {
            output::line(format_args!("  {}", Shown::text(text)))?;
        }
        part("answer", &attempt.headers, &attempt.body)?;
    }
    if let Some(request) = &message.request {
        output::line("")?;
        output::line(format_args!("{BOLD}request{BOLD:#}"))?;
        part("body", &request.headers, &request.body)?;
    }
    Ok(())
}

/// Writes headers and a body.
fn part(name: &str, headers: &[(String, String)], body: &str) -> Result<(), Failure> {
    for (name, value) in headers {
        let (name, value) = (Shown::value(name), Shown::text(value));
        output::line(format_args!("  {FAINT}{name}:{FAINT:#} {value}"))?;
    }
    if body.is_empty() {
        return Ok(());
    }
    output::line(format_args!(
        "  {FAINT}{name}, {}{FAINT:#}",
        size(body.len())
    ))?;
    for line in pretty(body).lines() {
        output::line(format_args!("  {}", Shown::text(line)))?;
    }
    Ok(())
}

fn source(message: &Known) -> String {
    let of = |name: &str, id: Option<String>| id.map(|id| format!("{name} {id}"));
    of("webhook", message.webhook.clone())
        .or_else(|| of("rule", message.rule.map(|id| id.to_string())))
        .or_else(|| of("workflow", message.workflow.map(|id| id.to_string())))
        .unwrap_or_else(|| "fire --to".to_owned())
}
