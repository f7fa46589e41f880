//! `siohook replay`: sends once more what was recorded.

mod again;
mod inbox;
mod pace;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use siohook_events::Shown;
use tokio::task::JoinSet;

use self::again::Again;
use self::inbox::Which;
use self::pace::{Pace, Rate};
use crate::choice::Choice;
use crate::config::Config;
use crate::inbox::{Place, id_of};
use crate::output::{self, BAD, FAINT};
use crate::receiver::{Answered, Receiver};
use crate::store::{Deed, Entry, Exchange, Found, Store};
use crate::table::{self, Cell};
use crate::text::{deliveries, millis};
use crate::verify::Credentials;
use crate::{Exit, Failure, Output, duration, forward, prompt, reply, runtime};

/// So many failures in a row end a replay.
const FAILURES: usize = 5;

/// Send once more what was recorded
///
/// Method, query, headers and body are sent as they were received, message id included: a receiver
/// that remembers it answers `done_before` and runs no handler. `--as new` runs them again.
///
/// A delivery of an inbox, `inbox:ID`, is signed anew: an inbox keeps neither signature nor token.
#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  siohook replay @1 --to http://127.0.0.1:3000/systeme
  siohook replay --failed --since 2h
  siohook replay sale.http --as new --resign env:SYSTEME_WEBHOOK_SECRET
  siohook replay --event 'SALE_*' --dry-run
  siohook replay --dead --inbox sqlite:inbox.db")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the user")]
pub(crate) struct Replay {
    /// Ids, beginnings of ids, `@1` for the latest, files, `-` for the standard input, or `inbox:ID`
    #[arg(value_name = "ID|FILE")]
    which: Vec<Which>,
    #[command(flatten)]
    choice: Choice,
    /// Those of the inbox with a dead run, instead of recorded ones. `--event`, `--since` and
    /// `--until` leave some out
    #[arg(
        long,
        conflicts_with_all = ["failed", "refused"],
        help_heading = "Which deliveries"
    )]
    dead: bool,
    #[command(flatten)]
    place: Place,
    /// Only the last ones of the choice
    #[arg(long, value_name = "N", help_heading = "Which deliveries")]
    last: Option<NonZeroUsize>,
    /// Receiver
    #[arg(long, value_name = "URL", env = "SIOHOOK_FORWARD_TO")]
    to: Option<String>,
    /// As what it is sent
    #[arg(long, value_name = "KIND", default_value = "same")]
    r#as: As,
    /// Sign anew with this secret: `env:NAME`, `file:PATH`, `stdin` or `ask`
    #[arg(long, value_name = "SOURCE")]
    resign: Option<String>,
    /// Replace the token in the URL by this one, like `--resign`
    #[arg(long, value_name = "SOURCE")]
    token: Option<String>,
    /// How many are under way at a time
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..=64))]
    parallel: u32,
    /// The most in a time: `5/s`, `100/m`
    #[arg(long, value_name = "RATE")]
    rate: Option<Rate>,
    /// List what would be sent
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Go on after five failures in a row
    #[arg(long)]
    keep_going: bool,
    /// Send files that were edited since they were recorded
    #[arg(long)]
    edited: bool,
    /// Time for each whole answer
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration::timeout)]
    timeout: Duration,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum As {
    /// The very bytes
    Same,
    /// Another attempt of the same message, as systeme.io's retry
    Attempt,
    /// A new message, which runs handlers again
    New,
}

/// A line of `--json`.
#[derive(Serialize)]
struct Replayed<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inbox: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    event: Option<String>,
    r#as: As,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    elapsed_ms: Option<u64>,
}

/// What came of one.
type Sent = (Found, Result<Answered, Failure>);

impl Replay {
    pub(crate) fn run(
        mut self,
        store: &Store,
        output: Output,
        config: &Config,
    ) -> Result<Exit, Failure> {
        let found = self.find(store, output, config)?;
        if found.is_empty() {
            output.words("no recorded delivery is such");
            return Ok(Exit::Good);
        }
        for found in &found {
            check(found, self.edited)?;
        }
        if self.dry_run {
            for found in &found {
                write(output, found, self.r#as, None)?;
            }
            output.words(format_args!("{} would be sent", deliveries(found.len())));
            return Ok(Exit::Good);
        }
        let to = self.to.take().or_else(|| config.forward_to.clone());
        let to = to.ok_or_else(|| {
            Failure::usage("there is no receiver to send to")
                .hint("add `--to URL`, or write `forward_to = \"URL\"` into siohook.toml")
        })?;
        let receiver = Receiver::new(&to, self.timeout)?;
        let again = self.again(&found, output, config)?;
        let requests = found.into_iter().map(|found| {
            let bytes = forward::to(&to, &found.capture, &again.changes(&found.capture)?);
            Ok((found, bytes))
        });
        let requests: Vec<_> = requests.collect::<Result<_, Failure>>()?;
        let question = format!(
            "send {} to {}",
            deliveries(requests.len()),
            receiver.origin()
        );
        if requests.len() > 1
            && !receiver.is_on_this_machine()
            && !self.yes
            && !prompt::confirm(output, question)?
        {
            output.words("nothing is sent");
            return Ok(Exit::Good);
        }
        runtime()?.block_on(self.send_all(requests, receiver, store, output))
    }

    /// Finds what is meant, in the order of receipt.
    fn find(&self, store: &Store, output: Output, config: &Config) -> Result<Vec<Found>, Failure> {
        let is_chosen = self.choice.is_given() || self.last.is_some() || self.dead;
        if self.which.is_empty() && !is_chosen {
            let message = "write what to send: an id, a file, or a choice such as `--failed`";
            return Err(Failure::usage(message).hint("`siohook deliveries list` lists the ids"));
        }
        if !self.which.is_empty() {
            if is_chosen {
                let message = "ids and files are a choice already: leave the others out";
                return Err(Failure::usage(message));
            }
            return self.find_named(store, output, config);
        }
        let mut chosen = if self.dead {
            self.dead(output, config)?
        } else {
            let explainer = Credentials::default().explainer(output, config)?;
            self.choice.find(store, explainer.as_ref())?
        };
        if let Some(last) = self.last {
            let first = chosen.found.len().saturating_sub(last.get());
            chosen.found.drain(..first);
        }
        for skipped in chosen.skipped {
            output::must(format_args!("skipped {skipped}"));
        }
        Ok(chosen.found)
    }

    async fn send_all(
        self,
        requests: Vec<(Found, Vec<u8>)>,
        receiver: Receiver,
        store: &Store,
        output: Output,
    ) -> Result<Exit, Failure> {
        let receiver = Arc::new(receiver);
        let total = requests.len();
        let mut left = requests.into_iter();
        let mut pace = Pace::new(self.rate);
        let mut tasks: JoinSet<Sent> = JoinSet::new();
        let mut tally = Tally::default();
        loop {
            let has_given_up = tally.in_a_row >= FAILURES && !self.keep_going;
            while tasks.len() < self.parallel as usize && !has_given_up {
                let Some((found, bytes)) = left.next() else {
                    break;
                };
                pace.wait().await;
                let receiver = Arc::clone(&receiver);
                tasks.spawn(async move {
                    let answered = receiver.send_bytes(&bytes).await;
                    (found, answered)
                });
            }
            let Some(ended) = tasks.join_next().await else {
                break;
            };
            let (found, answered) = ended.expect("a task that sends does not panic");
            write(output, &found, self.r#as, Some(&answered))?;
            if let Some(entry) = &found.entry {
                store.log(entry, &deed(self.r#as, receiver.exchange(&answered)))?;
            }
            tally.add(&answered);
        }
        tally.tell(total, self.r#as, output);
        match tally.failure {
            Some(failure) if tally.answered == 0 => Err(failure),
            _ => Ok(tally.exit),
        }
    }
}

/// Refuses what can't be sent as it was received.
fn check(found: &Found, may_be_edited: bool) -> Result<(), Failure> {
    let (name, capture) = (Shown::value(&found.name), &found.capture);
    if capture.is_truncated() {
        let message = format!("{name} was not recorded to its end, so it can't be sent");
        return Err(Failure::new(Exit::Usage, "truncated", message));
    }
    if capture.is_body_edited() && !may_be_edited {
        let message = format!("{name} was edited since it was received");
        return Err(Failure::new(Exit::Usage, "edited", message)
            .hint("`--edited` sends it as it is now; `--resign` signs it anew"));
    }
    Ok(())
}

/// Sends a delivery of the store once more, and writes what came of it into its log.
pub(crate) async fn one(
    entry: &Entry,
    r#as: As,
    receiver: &Receiver,
    store: &Store,
) -> Result<Deed, Failure> {
    let found = Found {
        name: entry.id.clone(),
        capture: entry.read()?,
        entry: None,
    };
    check(&found, false)?;
    let again = Again {
        r#as,
        secret: None,
        token: None,
    };
    let changes = again.changes(&found.capture)?;
    let bytes = forward::to(receiver.url(), &found.capture, &changes);
    let exchange = receiver.exchange(&receiver.send_bytes(&bytes).await);
    let deed = deed(r#as, exchange);
    store.log(entry, &deed)?;
    Ok(deed)
}

/// What came of all so far.
#[derive(Default)]
struct Tally {
    answered: usize,
    good: usize,
    known: usize,
    in_a_row: usize,
    sent: usize,
    exit: Exit,
    /// Why there was no answer, the last time.
    failure: Option<Failure>,
}

impl Tally {
    fn add(&mut self, answered: &Result<Answered, Failure>) {
        self.sent += 1;
        let is_good = match answered {
            Ok(answered) => {
                self.answered += 1;
                let outcome = reply::outcome(&answered.body);
                self.known += usize::from(outcome.as_deref() == Some("done_before"));
                let is_good = reply::is_success(answered.status);
                if !is_good {
                    self.exit = self.exit.max(Exit::Bad);
                }
                is_good
            }
            Err(failure) => {
                self.exit = self.exit.max(failure.exit);
                self.failure = Some(failure.clone());
                false
            }
        };
        self.good += usize::from(is_good);
        self.in_a_row = if is_good { 0 } else { self.in_a_row + 1 };
    }

    fn tell(&self, total: usize, r#as: As, output: Output) {
        output.words(format_args!("{} sent, {} ok", self.sent, self.good));
        if self.known > 0 && r#as == As::Same {
            output.words(
                "done_before: the receiver knows the message; `--as new` runs handlers again",
            );
        }
        if self.sent < total {
            let left = deliveries(total - self.sent);
            output.words(format_args!(
                "stopped after {FAILURES} failures in a row, {left} not sent: `--keep-going` goes on"
            ));
        }
    }
}

/// Writes what came of a delivery, or what would be sent.
fn write(
    output: Output,
    found: &Found,
    r#as: As,
    answered: Option<&Result<Answered, Failure>>,
) -> Result<(), Failure> {
    let Found {
        name,
        capture,
        entry,
    } = found;
    if output.is_json {
        let ok = answered.and_then(|answered| answered.as_ref().ok());
        let error = answered.and_then(|answered| answered.as_ref().err());
        let of_inbox = entry.is_none().then(|| id_of(name)).flatten();
        output::json(
            if answered.is_some() {
                "replayed"
            } else {
                "would_replay"
            },
            Replayed {
                id: entry.as_ref().map(|entry| &*entry.id),
                inbox: of_inbox,
                file: (entry.is_none() && of_inbox.is_none()).then_some(&**name),
                event: capture.event(),
                r#as,
                status: ok.map(|answered| answered.status),
                outcome: ok.and_then(|answered| reply::outcome(&answered.body)),
                error: error.map(|failure| failure.code),
                elapsed_ms: ok.map(|answered| millis(answered.took)),
            },
        )?;
        return Ok(());
    }
    let mut row = vec![
        Cell::new(name).style(FAINT),
        Cell::new(capture.event().unwrap_or_default()),
    ];
    match answered {
        Some(Ok(answered)) => {
            let word = reply::word(answered.status, &answered.body);
            let ms = millis(answered.took);
            let style = reply::style(answered.status);
            row.push(Cell::short(format!("→ {word}"), &word).style(style));
            row.push(Cell::short(format!("{ms} ms"), ms.to_string()));
        }
        Some(Err(failure)) => {
            row.push(Cell::short(format!("→ {}", failure.code), failure.code).style(BAD));
        }
        None => {}
    }
    output::line(table::line(output, row))?;
    Ok(())
}

/// The line of the log.
fn deed(r#as: As, exchange: Exchange) -> Deed {
    let r#as = match r#as {
        As::Same => "same",
        As::Attempt => "attempt",
        As::New => "new",
    };
    Deed::Replayed {
        r#as: r#as.to_owned(),
        exchange,
    }
}
