//! The program `siohook`, for those who write, run or repair a receiver of systeme.io's webhooks.

mod args;
mod choice;
mod client;
mod config;
mod deliveries;
mod doctor;
mod duration;
mod event;
mod events;
mod exit;
mod failure;
mod forward;
mod global;
mod help;
mod inbox;
mod input;
mod inspector;
mod listen;
mod output;
mod pointer;
mod prompt;
mod receiver;
mod replay;
mod reply;
mod sandbox;
mod secret;
mod signals;
mod store;
mod table;
mod text;
mod trigger;
mod verify;
mod webhooks;

use std::process::ExitCode;

use args::Command;
use config::Config;
use exit::Exit;
use failure::Failure;
use global::Global;
use output::Output;
use store::Store;

fn main() -> ExitCode {
    let (cli, output) = match args::parse() {
        Ok(parsed) => parsed,
        Err(exit) => return exit.into(),
    };
    let result = run(cli.command, &cli.global, output);
    result
        .unwrap_or_else(|failure| output.failure(&failure))
        .into()
}

fn run(command: Command, global: &Global, output: Output) -> Result<Exit, Failure> {
    let config = || Config::read(global.config.as_deref());
    let store = || Store::new(global);
    match command {
        Command::Listen(listen) => listen.run(store()?, output, &config()?),
        Command::Trigger(trigger) => trigger.run(output, &config()?),
        Command::Replay(replay) => replay.run(&store()?, output, &config()?),
        Command::Verify(verify) => verify.run(&store()?, output, &config()?),
        Command::Events(events) => events.run(output),
        Command::Sandbox(sandbox) => sandbox::run(sandbox, output, &config()?),
        Command::Doctor(doctor) => doctor.run(global, output),
        Command::Deliveries(deliveries) => deliveries.run(&store()?, output, &config()?),
        Command::Inbox(inbox) => inbox.run(output, &config()?),
        Command::Webhooks(webhooks) => webhooks.run(output, &config()?),
        Command::Completions { shell } => help::completions(shell),
        Command::Man { directory } => help::man(&directory),
        Command::Help { topic } => help::print(&topic),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Runtime::new()
        .map_err(|error| Failure::new(Exit::Here, "runtime", format!("no runtime: {error}")))
}
