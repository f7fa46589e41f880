//! The program `siohook`: a systeme.io account on your machine that sends its webhooks.

mod args;
mod client;
mod duration;
mod exit;
mod failure;
mod global;
mod help;
mod output;
mod sandbox;
mod secret;
mod table;

use std::process::ExitCode;

use args::Command;
use exit::Exit;
use failure::Failure;
use output::Output;

fn main() -> ExitCode {
    let (cli, output) = match args::parse() {
        Ok(parsed) => parsed,
        Err(exit) => return exit.into(),
    };
    let result = match cli.command {
        Command::Sandbox(sandbox) => sandbox::run(sandbox, output),
        Command::Completions { shell } => help::completions(shell),
        Command::Help { topic } => help::print(&topic),
    };
    result
        .unwrap_or_else(|failure| output.failure(&failure))
        .into()
}
