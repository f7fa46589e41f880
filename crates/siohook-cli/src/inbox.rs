//! `siohook inbox`: what a durable inbox holds.

mod export;
mod list;
mod place;
mod purge;
mod retry;
mod show;
mod stored;
mod summary;

use std::fmt::Display;

use clap::{Args, Subcommand};
use siohook_events::Shown;
use siohook_inbox::InboxError;

pub(crate) use self::place::Place;
pub(crate) use self::stored::{capture, id_of};
use crate::config::Config;
use crate::{Exit, Failure, Output, prompt, runtime};

/// See and mend what a durable inbox holds, while its receiver runs
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct Inbox {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  siohook inbox list --state dead
  siohook inbox show 118
  siohook inbox retry --dead --handler shop::grant --dry-run
  siohook inbox purge --state done --older 7d
  siohook inbox list --inbox env:DATABASE_URL";

#[derive(Debug, Subcommand)]
enum Command {
    List(list::List),
    Show(show::Show),
    Retry(retry::Retry),
    Purge(purge::Purge),
    Export(export::Export),
}

impl Inbox {
    pub(crate) fn run(self, output: Output, config: &Config) -> Result<Exit, Failure> {
        runtime()?.block_on(async {
            let operator = self.place.open(output, config).await?;
            match self.command {
                Command::List(list) => list.run(&operator, output).await,
                Command::Show(show) => show.run(&operator, output).await,
                Command::Retry(retry) => retry.run(&operator, output).await,
                Command::Purge(purge) => purge.run(&operator, output).await,
                Command::Export(export) => export.run(&operator).await,
            }
        })
    }
}

/// Flags of what changes an inbox.
#[derive(Args, Clone, Copy, Debug)]
struct Consent {
    /// Count what would be changed, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Consent {
    /// Whether the user wants a change. Says what it would be, if not.
    fn has(self, output: Output, verb: &str, what: impl Display) -> Result<bool, Failure> {
        if self.dry_run {
            output.words(format_args!("would {verb} {what}"));
            return Ok(false);
        }
        let has = self.yes || prompt::confirm(output, format_args!("{verb} {what}"))?;
        if !has {
            output.words("nothing is changed");
        }
        Ok(has)
    }
}

/// `1 run`, `2 runs`.
fn count(number: u64, one: &str, several: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {several}"),
    }
}

/// Why an inbox can't be used.
pub(crate) fn failure(error: InboxError) -> Failure {
    let exit = match error {
        InboxError::Request(_) => Exit::Usage,
        _ => Exit::Here,
    };
    let message = error.to_string();
    let lines: Vec<_> = message
        .lines()
        .map(|line| Shown::text(line).to_string())
        .collect();
    Failure::new(exit, "inbox", lines.join("\n"))
}
