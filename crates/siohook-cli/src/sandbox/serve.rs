mod announce;
mod args;
mod log;
mod saved;
mod signals;
mod start;

use std::pin::pin;

use tokio::select;

use self::log::Log;
use self::signals::Signals;
use crate::{Exit, Failure, Output, output};

pub(super) use args::Serve;

/// Variables in which receivers find what signs a delivery. They are those of the README.
const SECRET: &str = "SYSTEME_WEBHOOK_SECRET";
const TOKEN: &str = "SYSTEME_WEBHOOK_TOKEN";

/// Runs a sandbox until a signal ends it.
pub(super) async fn run(serve: Serve, output: Output) -> Result<Exit, Failure> {
    let (sandbox, sources) = start::start(&serve, output).await?;
    // Until now, a signal ends the program at once: a prompt for a secret among others.
    let mut signals = Signals::new()
        .map_err(|error| Failure::new(Exit::Here, "signals", format!("no signals: {error}")))?;
    let mut log = Log::new(output, serve.log, sandbox.changes());
    if let Some(notice) = sandbox.notice() {
        output::must(notice);
    }
    announce::announce(output, &serve, &sandbox, &sources)?;
    let mut result = select! {
        result = log.follow() => result,
        () = saved::follow(sandbox.not_saved()) => Ok(()),
        () = signals.next() => Ok(()),
    };
    output.words("ends after the attempts under way; ^C again ends at once");
    let mut close = pin!(sandbox.close());
    let saved = loop {
        select! {
            biased;
            () = signals.next() => return Ok(Exit::Interrupted),
            ended = log.follow(), if result.is_ok() => result = ended,
            saved = &mut close => break saved,
        }
    };
    result.and_then(|()| log.rest())?;
    saved.map_err(|error| Failure::new(Exit::Here, "state_file", error.to_string()))?;
    Ok(Exit::Good)
}
