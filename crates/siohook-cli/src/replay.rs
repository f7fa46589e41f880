//! `siohook replay`: sends once more what was recorded.

mod again;
mod inbox;
mod pace;
mod report;
mod send;

use std::num::NonZeroUsize;
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use self::inbox::Which;
use self::pace::Rate;
use self::report::write;
use self::send::check;
pub(crate) use self::send::one;
use crate::choice::Choice;
use crate::config::Config;
use crate::inbox::Place;
use crate::output;
use crate::receiver::Receiver;
use crate::store::{Found, Store};
use crate::text::deliveries;
use crate::verify::Credentials;
use crate::{Exit, Failure, Output, duration, forward, prompt, runtime};

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
}
