//! The command line.

use std::ffi::OsString;
use std::io::Write as _;
use std::mem;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use clap_complete::Shell;

use crate::global::Global;
use crate::output::{Output, write_failure};
use crate::{
    Exit, Failure, deliveries, doctor, events, inbox, listen, replay, sandbox, trigger, verify,
    webhooks,
};

const EXAMPLES: &str = "\
Examples:
  siohook trigger SALE_NEW --to http://127.0.0.1:3000/systeme    send a sale
  siohook sandbox --to http://127.0.0.1:3000/systeme             play systeme.io for this receiver
  siohook help exit-codes";

/// Develop receivers of systeme.io's webhooks on your machine.
#[derive(Debug, Parser)]
#[command(
    name = "siohook",
    version,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_long_help = EXAMPLES
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Listen(Box<listen::Listen>),
    Trigger(Box<trigger::Trigger>),
    Replay(Box<replay::Replay>),
    Verify(verify::Verify),
    Doctor(doctor::Doctor),
    Deliveries(deliveries::Deliveries),
    Inbox(inbox::Inbox),
    Events(events::Events),
    Sandbox(Box<sandbox::Sandbox>),
    Webhooks(Box<webhooks::Webhooks>),
    /// Print the completions of a shell
    #[command(after_help = "Example:\n  siohook completions bash > /etc/bash_completion.d/siohook")]
    Completions {
        shell: Shell,
    },
    /// Write a man page for each command into a directory, for packages
    #[command(hide = true)]
    Man {
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
    /// Print the help of a command, or the page `exit-codes`
    Help {
        /// A command and its sub-command, or `exit-codes`
        topic: Vec<String>,
    },
}

/// Parses the command line. If there is nothing to run, everything has been written.
pub(crate) fn parse() -> Result<(Cli, Output), Exit> {
    let words: Vec<OsString> = std::env::args_os().collect();
    // The flags that matter for an error of parsing.
    let is_json = words.iter().any(|word| word == "--json");
    color_of(&words).write_global();
    let matches = command().try_get_matches_from(words);
    let cli = matches.and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
    let (cli, matches) = cli.map_err(|error| unparsed(&error, is_json))?;
    let output = Output::new(&cli.global);
    if let Some(("sandbox", matches)) = matches.subcommand() {
        sandbox::check(matches).map_err(|failure| output.failure(&failure))?;
    }
    Ok((cli, output))
}

/// The command line as clap knows it. The values of variables are not shown: URLs may hold
/// tokens.
pub(crate) fn command() -> clap::Command {
    fn hide(command: clap::Command) -> clap::Command {
        let mut command = command.mut_args(|arg| arg.hide_env_values(true));
        for inner in command.get_subcommands_mut() {
            *inner = hide(mem::take(inner));
        }
        command
    }
    hide(Cli::command())
}

/// Writes what clap has to say: a help, a version, or an error in the form of all errors.
fn unparsed(error: &clap::Error, is_json: bool) -> Exit {
    let text = error.render();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // The reader may have seen enough.
            let _ = write!(anstream::stdout(), "{}", text.ansi());
            return Exit::Good;
        }
        _ if is_json => {
            let text = text.to_string();
            let (message, hint) = text.split_once("\n\n").unwrap_or((&text, ""));
            let message = message.trim_start_matches("error: ").trim_end();
            write_failure(&Failure::usage(message).hint(hint.trim()), true);
        }
        _ => {
            let _ = write!(anstream::stderr(), "{}", text.ansi());
        }
    }
    Exit::Usage
}

fn color_of(words: &[OsString]) -> anstream::ColorChoice {
    let words = words.iter().filter_map(|word| word.to_str());
    let mut following = words.clone().skip(1);
    let mut choice = "auto";
    for word in words {
        let next = following.next();
        choice = match word.strip_prefix("--color") {
            Some("") => next.unwrap_or(choice),
            Some(value) => value.strip_prefix('=').unwrap_or(choice),
            None => choice,
        };
    }
    match choice {
        "always" => anstream::ColorChoice::Always,
        "never" => anstream::ColorChoice::Never,
        _ => anstream::ColorChoice::Auto,
    }
}
