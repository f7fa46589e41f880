//! `siohook trigger`: sends a sample as systeme.io would.

mod copies;
mod forge;
mod sample;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use serde::Serialize;
use serde_json::Value;
use siohook_sandbox::{Mechanism, Sample, Timestamp};
use siohook_sender::Capture;

use self::forge::Forgery;
use crate::config::Config;
use crate::event::EventParser;
use crate::output::{self, BAD, FAINT};
use crate::receiver::{Answered, Receiver};
use crate::table::{self, Cell};
use crate::text::{short, size};
use crate::{Exit, Failure, Output, duration, reply, runtime};

/// Send a sample of an event as systeme.io would
///
/// The message id, the attempt id and the times are new at each run. An account webhook is signed
/// with the secret, and the token of an automation is appended to the URL.
#[derive(Args, Debug, Default)]
#[command(after_long_help = "\
Examples:
  siohook trigger SALE_NEW --to http://127.0.0.1:3000/systeme
  siohook trigger SALE_NEW --set /pricePlan/amount=9900 --set /customer/email=ada@example.com
  siohook trigger contact.tag.added --token file:/run/secrets/token
  siohook trigger SALE_NEW --copies 64          is it one sale?
  siohook trigger SALE_NEW --forge signature    is it refused?")]
pub(crate) struct Trigger {
    /// Name of the event: `siohook events` lists them
    #[arg(value_parser = EventParser, hide_possible_values = true)]
    event: String,
    /// Receiver
    #[arg(long, value_name = "URL", env = "SIOHOOK_FORWARD_TO")]
    to: Option<String>,
    /// Form of the body, if the event has several: `siohook events EVENT`
    #[arg(long, value_name = "FORM", conflicts_with = "body")]
    form: Option<String>,
    /// Set a member of the payload: VALUE is JSON, or else a text. `:=` takes JSON only, and `=@FILE`
    /// reads a file
    #[arg(long, value_name = "/POINTER=VALUE")]
    set: Vec<String>,
    /// Add a member that the sample does not have
    #[arg(long, value_name = "/POINTER=VALUE")]
    add: Vec<String>,
    /// Remove a member
    #[arg(long, value_name = "/POINTER")]
    remove: Vec<String>,
    /// Send this body as it is, `-` for the standard input
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// Send an event that the catalogue does not have
    #[arg(long, requires = "body")]
    unlisted: bool,
    /// E-mail address of the account, in the body of an automation
    #[arg(long, value_name = "EMAIL")]
    account_email: Option<String>,
    /// Time of the event, such as 2026-01-01T00:00:00Z. By default now
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// Message id. By default a new one
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    message_id: Option<String>,
    /// Number of the attempt: above 1 as systeme.io's retry
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..))]
    attempt: u32,
    /// Set a header, or leave one out: `NAME:`
    #[arg(long, value_name = "NAME: VALUE")]
    header: Vec<String>,
    /// Send so many copies of the same delivery at once
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..=1000))]
    copies: u32,
    /// Where the secret is: `env:NAME`, `file:PATH`, `stdin` or `ask`. By default
    /// `SYSTEME_WEBHOOK_SECRET` if it is set, else the first of `[secrets]`
    #[arg(long, value_name = "SOURCE", env = "SIOHOOK_SECRET")]
    secret: Option<String>,
    /// Where the token is, like `--secret`. By default `SYSTEME_WEBHOOK_TOKEN`, else the first of
    /// `[tokens]`
    #[arg(long, value_name = "SOURCE", env = "SIOHOOK_TOKEN")]
    token: Option<String>,
    /// Send without signature and token
    #[arg(long)]
    unsigned: bool,
    /// Send what an attacker would, and expect a refusal
    #[arg(long, value_name = "WHAT", conflicts_with_all = ["unsigned", "copies"])]
    forge: Option<Forgery>,
    /// Print the request as an `.http` file and send nothing. It holds the signature or the token
    #[arg(long)]
    dry_run: bool,
    /// Time for the whole answer
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration::timeout)]
    timeout: Duration,
}

/// What was sent, and what came of it, for `--json`.
#[derive(Serialize)]
struct Sent<'a> {
    event: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<&'a str>,
    attempt: u32,
    bytes: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    forged: Option<Forgery>,
    copies: u32,
    statuses: BTreeMap<u16, u32>,
    outcomes: BTreeMap<String, u32>,
    unanswered: u32,
    elapsed_ms: u128,
}

impl Sent<'_> {
    fn count(&mut self, answered: &Answered) {
        *self.statuses.entry(answered.status).or_default() += 1;
        if let Some(outcome) = reply::outcome(&answered.body) {
            *self.outcomes.entry(outcome).or_default() += 1;
        }
        self.elapsed_ms = answered.took.as_millis();
    }
}

impl Trigger {
    /// A sample of a listed event with these edits, without signature and token.
    pub(crate) fn plain(
        event: String,
        form: Option<String>,
        edits: Vec<(String, Value)>,
    ) -> Result<Sample, Failure> {
        let set = edits.into_iter();
        let trigger = Self {
            event,
            form,
            set: set
                .map(|(pointer, value)| format!("{pointer}:={value}"))
                .collect(),
            attempt: 1,
            copies: 1,
            ..Self::default()
        };
        sample::plain(&trigger)
    }

    pub(crate) fn run(self, output: Output, config: &Config) -> Result<Exit, Failure> {
        let to = self.to.as_deref().or(config.forward_to.as_deref());
        let to = to.ok_or_else(|| {
            Failure::usage("there is no receiver to send to")
                .hint("add `--to URL`, or write `forward_to = \"URL\"` into siohook.toml")
        })?;
        let receiver = Receiver::new(to, self.timeout)?;
        let (mut sample, mut protected_by) = sample::make(&self, to, output, config)?;
        if let Some(forgery) = self.forge {
            sample = forgery.apply(sample)?;
            protected_by = format!("forged: {}", forgery.what());
        }
        let request = sample.request(to);
        let request = request.map_err(|error| Failure::usage(error.to_string()))?;
        if self.dry_run {
            let capture = Capture::read(request.to_http1()).expect("a sample is a request");
            output::bytes(&capture.to_bytes())?;
            return Ok(Exit::Good);
        }
        if self.unsigned {
            output.words("unsigned: this is what anyone could send");
        }
        if output.is_terminal && !output.is_json {
            output::line(heading(&sample, output, &protected_by))?;
        }
        let mut sent = Sent {
            event: sample.event().as_str(),
            message_id: sample.message_id(),
            attempt: self.attempt,
            bytes: sample.body().len(),
            forged: self.forge,
            copies: 1,
            statuses: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            unanswered: 0,
            elapsed_ms: 0,
        };
        let mechanism = sample.mechanism();
        runtime()?.block_on(async {
            if self.copies > 1 {
                return copies::send(self.copies, receiver, sent, (request, mechanism), output)
                    .await;
            }
            let answered = receiver.send(&request, mechanism).await?;
            if output.is_json {
                sent.count(&answered);
                output::json("sent", &sent)?;
            } else {
                output::line(line(&sample, &answered, output))?;
            }
            Ok(match self.forge {
                Some(forgery) => forgery.judge(answered.status, output),
                None if reply::is_success(answered.status) => Exit::Good,
                None => Exit::Bad,
            })
        })
    }
}

/// `SALE_NEW  01a0…9e01  1.1 kB  signed with SYSTEME_WEBHOOK_SECRET`
fn heading(sample: &Sample, output: Output, protected_by: &str) -> String {
    let id = sample.message_id().unwrap_or_default();
    let row = vec![
        Cell::new(sample.event().as_str()),
        Cell::new(short(id)).style(FAINT),
        Cell::new(size(sample.body().len())),
        Cell::new(protected_by).style(FAINT),
    ];
    table::line(output, row)
}

/// `→ 200 done  12 ms`, and what was sent before it if the heading is not there.
fn line(sample: &Sample, answered: &Answered, output: Output) -> String {
    let word = reply::word(answered.status, &answered.body);
    let ms = answered.took.as_millis();
    let mut row = vec![
        Cell::short(format!("→ {word}"), &word).style(reply::style(answered.status)),
        Cell::short(format!("{ms} ms"), ms.to_string()),
    ];
    if !output.is_terminal {
        let sent = [
            sample.event().as_str().to_owned(),
            sample.message_id().unwrap_or_default().to_owned(),
            sample.body().len().to_string(),
        ];
        row.splice(0..0, sent.iter().map(Cell::new));
    }
    table::line(output, row)
}

/// The mechanism of an unlisted event: only automations have names with a dot.
fn mechanism_of(event: &str) -> Mechanism {
    if event.contains('.') {
        Mechanism::Automation
    } else {
        Mechanism::Account
    }
}

impl Forgery {
    /// How the program ends after a forgery: a refusal is good.
    fn judge(self, status: u16, output: Output) -> Exit {
        let style = BAD.bold();
        match status {
            400 | 401 | 403 | 422 => Exit::Good,
            200..300 => {
                output.words(format_args!(
                    "{style}accepted{style:#}: the receiver takes {}",
                    self.what()
                ));
                Exit::Bad
            }
            _ => {
                output.words("neither refused nor accepted: see the receiver's log");
                Exit::Bad
            }
        }
    }
}
