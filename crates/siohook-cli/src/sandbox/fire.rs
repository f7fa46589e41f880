mod print;
mod skipped;
mod values;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use siohook_events::Shown;
use siohook_events::Timestamp;

use self::print::{Form, Planned};
use self::skipped::Skipped;
use super::message::Message;
use super::report;
use crate::client::{self, Client, Connection};
use crate::input;
use crate::{Exit, Failure, Output, duration, pointer};

/// Let something happen in the account, and see what the receivers answer
///
/// An event's name sends this event. An action, such as `opt-in` or `sale`, changes the account,
/// and everything that follows from it is sent.
#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  siohook sandbox fire SALE_NEW --set /pricePlan/amount=9900
  siohook sandbox fire opt-in --contact ada@example.com
  siohook sandbox fire SALE_NEW --to http://127.0.0.1:3000/systeme --print curl
  siohook sandbox fire SALE_NEW --times 100 --wait 1m")]
pub(super) struct Fire {
    /// Name of an event, or an action: opt-in, sale, cancel, tag-added, enroll, …
    event: String,
    /// Send to this receiver, and to no webhook and no rule of the account
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    /// Id or e-mail address of the contact, who is created if missing
    #[arg(long, value_name = "EMAIL")]
    contact: Option<String>,
    /// Set a member of the body: VALUE is JSON, or else a text
    #[arg(long, value_name = "/POINTER=VALUE")]
    set: Vec<String>,
    /// Choose an object of the account, such as `tag=VIP` or `price_plan=1`
    #[arg(long, value_name = "NAME=ID|NAME", value_parser = values::object)]
    with: Vec<(String, Value)>,
    /// Send this body as it is, `-` for the standard input
    #[arg(long, value_name = "FILE", conflicts_with = "set")]
    body: Option<PathBuf>,
    /// How many times
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    times: Option<u32>,
    /// Print the request and send nothing. It holds the signature or the token
    #[arg(long, value_name = "FORM")]
    print: Option<Form>,
    /// Time of the event, such as 2026-01-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// How long to wait for the first answers
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration::wait)]
    wait: Duration,
    #[command(flatten)]
    connection: Connection,
}

/// Body of the call. What is absent has its default.
#[derive(Serialize)]
struct Order<'a> {
    event: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<Value>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    set: Map<String, Value>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    with: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wait: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    dry_run: bool,
}

#[derive(Deserialize)]
struct Fired {
    messages: Vec<String>,
    skipped: Vec<Skipped>,
    /// Why an action changed nothing.
    unchanged: Option<String>,
}

impl Fire {
    pub(super) async fn run(self, output: Output) -> Result<Exit, Failure> {
        let body = self.body.as_deref().map(input::text).transpose()?;
        let form = match self.print {
            Some(form) if output.is_json && form != Form::Json => {
                let message = "`--json` prints requests as JSON, and `--print` as something else";
                return Err(Failure::usage(message).hint("leave one of them out"));
            }
            form => form,
        };
        let is_waited_for = !self.wait.is_zero();
        let order = Order {
            event: &self.event,
            to: self.to.as_deref(),
            contact: self.contact.as_deref().map(values::id_or_name),
            set: pointer::parse_all(&self.set)?.into_iter().collect(),
            with: self.with.into_iter().collect(),
            body,
            times: self.times,
            at: self.at.map(|at| at.to_string()),
            wait: is_waited_for.then(|| format!("{}ms", self.wait.as_millis())),
            dry_run: form.is_some(),
        };
        let mut client = Client::new(self.connection, output);
        if let Some(form) = form {
            let planned: Planned = client.post(Duration::ZERO, "/fire", &order).await?;
            if planned.requests.is_empty() {
                return Err(skipped::failure(&self.event, &planned.skipped));
            }
            print::write(form, &planned.requests)?;
            skipped::write(output, &planned.skipped)?;
            return Ok(Exit::Good);
        }
        let fired: Fired = client.post(self.wait, "/fire", &order).await?;
        if let Some(why) = fired.unchanged {
            let message = format!("nothing happened: {}", Shown::text(why));
            return Err(Failure::new(Exit::Bad, "unchanged", message));
        }
        if fired.messages.is_empty() {
            return Err(skipped::failure(&self.event, &fired.skipped));
        }
        let (mut messages, mut gone) = (vec![], 0);
        for id in &fired.messages {
            match client.get(&format!("/messages/{id}")).await {
                Ok(message) => messages.push(Message::new(message)?),
                // The sandbox keeps fewer messages than were fired.
                Err(failure) if failure.code == client::NOT_FOUND => gone += 1,
                Err(failure) => return Err(failure),
            }
        }
        let exit = report::write(output, &messages)?;
        skipped::write(output, &fired.skipped)?;
        if gone > 0 {
            output.words(format_args!("{gone} more were finished and are not kept"));
        }
        Ok(if is_waited_for { exit } else { Exit::Good })
    }
}
