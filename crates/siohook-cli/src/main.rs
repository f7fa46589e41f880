//! The program `siohook`: a systeme.io account on your machine that sends its webhooks.

mod args;
mod client;
mod config;
mod duration;
mod event;
mod events;
mod exit;
mod failure;
mod global;
mod help;
mod input;
mod output;
mod pointer;
mod receiver;
mod reply;
mod sandbox;
mod secret;
mod table;
mod text;
mod trigger;

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
    let global = cli.global;
    let config = || config::Config::read(global.config.as_deref());
    let result = match cli.command {
        Command::Trigger(trigger) => config().and_then(|config| trigger.run(output, &config)),
        Command::Events(events) => events.run(output),
        Command::Sandbox(sandbox) => sandbox::run(sandbox, output),
        Command::Completions { shell } => help::completions(shell),
        Command::Man { directory } => help::man(&directory),
        Command::Help { topic } => help::print(&topic),
    };
    result
        .unwrap_or_else(|failure| output.failure(&failure))
        .into()
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Runtime::new()
        .map_err(|error| Failure::new(Exit::Here, "runtime", format!("no runtime: {error}")))
}
