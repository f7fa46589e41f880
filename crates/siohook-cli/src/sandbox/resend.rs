use std::time::Duration;

use clap::Args;
use serde::Deserialize;
use serde_json::json;

use super::message::{Known, Message};
use super::report;
use super::select::Selector;
use crate::client::{Client, Connection};
use crate::{Exit, Failure, Output, duration};

/// Send a message once more
///
/// As systeme.io's retry does, it keeps the message's id and time, and gets a new attempt id.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  siohook sandbox resend @1
  siohook sandbox resend 01a0e483 --as-new")]
pub(super) struct Resend {
    /// An id, the beginning of one, or @1 for the latest message
    #[arg(value_name = "ID")]
    which: Selector,
    /// Send it as a new message, which a receiver has not seen before
    #[arg(long)]
    as_new: bool,
    /// How long to wait for the answer
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration::wait)]
    wait: Duration,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Deserialize)]
struct Resent {
    id: String,
}

impl Resend {
    pub(super) async fn run(self, output: Output) -> Result<Exit, Failure> {
        let mut client = Client::new(self.connection, output);
        let Known { id, attempts, .. } = self.which.find(&mut client).await?.known;
        let wait = format!("{}ms", self.wait.as_millis());
        let order = json!({"as_new": self.as_new, "wait": wait});
        let path = format!("/messages/{id}/resend");
        let Resent { id } = client.post(self.wait, &path, &order).await?;
        let mut message = Message::new(client.get(&format!("/messages/{id}")).await?)?;
        if !self.as_new && message.known.attempts.len() == attempts.len() {
            // The new one is under way, and the older ones are not asked for.
            message.known.attempts.clear();
        }
        let exit = report::write(output, &[message])?;
        Ok(if self.wait.is_zero() {
            Exit::Good
        } else {
            exit
        })
    }
}
