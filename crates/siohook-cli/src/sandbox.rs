//! `siohook sandbox`: starts a sandbox, and asks one that runs.

mod advance;
mod cert;
mod fire;
mod message;
mod messages;
mod pretty;
mod report;
mod resend;
mod reset;
mod select;
mod serve;
mod show;
mod state;
mod wait;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Subcommand};

use crate::config::Config;
use crate::{Exit, Failure, Output, runtime};
pub(crate) use pretty::pretty;

/// Play a systeme.io account on this machine, and send its webhooks
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Sandbox {
    #[command(flatten)]
    serve: serve::Serve,
    #[command(subcommand)]
    command: Option<Command>,
}

const EXAMPLES: &str = "\
Examples:
  siohook sandbox --to http://127.0.0.1:3000/systeme
  siohook sandbox --to http://127.0.0.1:3000/systeme --secret env:MY_SECRET --data sandbox/
  siohook sandbox --to http://127.0.0.1:3000/systeme --clock manual --retries 1s,5s,30s
  siohook sandbox fire SALE_NEW --set /pricePlan/amount=9900
  siohook sandbox show @1";

#[derive(Debug, Subcommand)]
enum Command {
    Serve(Box<serve::Serve>),
    Fire(fire::Fire),
    Messages(messages::Messages),
    Show(show::Show),
    Resend(resend::Resend),
    Wait(wait::Wait),
    Advance(advance::Advance),
    Reset(reset::Reset),
    Export(state::Export),
    Import(state::Import),
    Cert(cert::Cert),
}

/// Refuses flags of `serve` before another sub-command, which would change nothing.
pub(crate) fn check(matches: &ArgMatches) -> Result<(), Failure> {
    let Some((command, _)) = matches.subcommand() else {
        return Ok(());
    };
    let serve = serve::Serve::augment_args(clap::Command::new("serve"));
    let misplaced = serve
        .get_arguments()
        .find(|arg| matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine));
    match misplaced.and_then(clap::Arg::get_long) {
        Some(flag) => Err(
            Failure::usage(format!("`--{flag}` has no effect before `{command}`")).hint(format!(
                "write it behind: siohook sandbox {command} --{flag} …"
            )),
        ),
        None => Ok(()),
    }
}

pub(crate) fn run(sandbox: Box<Sandbox>, output: Output, config: &Config) -> Result<Exit, Failure> {
    runtime()?.block_on(async {
        match sandbox.command {
            None => serve::run(sandbox.serve, output, config).await,
            Some(Command::Serve(serve)) => serve::run(*serve, output, config).await,
            Some(Command::Fire(fire)) => fire.run(output).await,
            Some(Command::Messages(messages)) => messages.run(output).await,
            Some(Command::Show(show)) => show.run(output).await,
            Some(Command::Resend(resend)) => resend.run(output).await,
            Some(Command::Wait(wait)) => wait.run(output).await,
            Some(Command::Advance(advance)) => advance.run(output).await,
            Some(Command::Reset(reset)) => reset.run(output).await,
            Some(Command::Export(export)) => export.run(output).await,
            Some(Command::Import(import)) => import.run(output).await,
            Some(Command::Cert(cert)) => cert.run(output),
        }
    })
}
