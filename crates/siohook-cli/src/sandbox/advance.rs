use std::time::Duration;

use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};
use siohook_events::Shown;

use crate::client::{self, Client, Connection};
use crate::{Exit, Failure, Output, duration, output};

/// Move the clock of a sandbox that was started with `--clock manual`
///
/// Everything that falls due is sent, in order, and the command ends when it has been answered.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  siohook sandbox advance 1h
  siohook sandbox advance --until-idle")]
pub(super) struct Advance {
    /// By how much: 30m, 1h, 2d
    #[arg(value_parser = duration::parse, required_unless_present = "until_idle")]
    by: Option<Duration>,
    /// Until nothing waits any more
    #[arg(long, conflicts_with = "by")]
    until_idle: bool,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Deserialize)]
struct Clock {
    now: String,
    next_due: Option<String>,
}

impl Advance {
    pub(super) async fn run(self, output: Output) -> Result<Exit, Failure> {
        let by = match self.by {
            Some(by) if by.subsec_nanos() > 0 => {
                return Err(Failure::usage("the clock is moved by whole seconds"));
            }
            Some(by) => json!({"seconds": by.as_secs()}),
            None => json!({"until": "idle"}),
        };
        let mut client = Client::new(self.connection, output);
        // It lasts as long as the attempts that fall due.
        let answer = client.post(Duration::MAX, "/clock/advance", &by).await;
        let json: Value = answer.map_err(|failure| match failure.code {
            client::NOT_NOW => Failure {
                message: "the clock of the sandbox moves by itself".to_owned(),
                ..failure.hint("start the sandbox with `--clock manual`")
            },
            _ => failure,
        })?;
        if output.is_json {
            output::json("clock", json)?;
            return Ok(Exit::Good);
        }
        let clock = Clock::deserialize(&json)
            .map_err(|error| Failure::new(Exit::Unreached, "not_a_sandbox", error.to_string()))?;
        output::line(Shown::value(clock.now))?;
        if let Some(due) = clock.next_due {
            output.words(format_args!("next due at {}", Shown::value(due)));
        }
        Ok(Exit::Good)
    }
}
