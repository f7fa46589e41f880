mod announce;
mod args;
mod log;
mod saved;
mod start;

use std::pin::pin;

use tokio::select;

use self::log::Log;
use crate::config::Config;
use crate::signals::Signals;
use crate::{Exit, Failure, Output, output};

pub(super) use args::Serve;

pub(super) async fn run(
    mut serve: Serve,
    output: Output,
    config: &Config,
) -> Result<Exit, Failure> {
    serve.to = serve.to.or_else(|| config.forward_to.clone());
    let (sandbox, sources) = start::start(&serve, output, config).await?;
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
