use std::time::Duration;

use clap::Args;
use serde_json::json;

use crate::client::{Client, Connection};
use crate::{Exit, Failure, Output};

/// Go back to the account at the start, without messages
#[derive(Args, Debug)]
pub(super) struct Reset {
    /// What stays as it is: webhooks, rules, contacts, …
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    keep: Vec<String>,
    #[command(flatten)]
    connection: Connection,
}

impl Reset {
    pub(super) async fn run(self, output: Output) -> Result<Exit, Failure> {
        let mut client = Client::new(self.connection, output);
        let keep = json!({"keep": self.keep});
        client.send(Duration::ZERO, "/reset", &keep).await?;
        output.words("the account is as it was at the start");
        Ok(Exit::Good)
    }
}
