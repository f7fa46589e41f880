use std::time::Duration;

use clap::Args;

use super::message::Message;
use super::messages::{self, Filter};
use super::select::Page;
use crate::client::{Client, Connection};
use crate::{Exit, Failure, Output, duration};

/// Wait until there are messages, and list them
///
/// Those that are there already count: `siohook sandbox reset` forgets them.
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  siohook sandbox wait --event SALE_NEW --status delivered --count 3 --timeout 1m")]
pub(super) struct Wait {
    #[command(flatten)]
    filter: Filter,
    /// How many
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u16).range(1..=1000))]
    count: u16,
    /// How long
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration::wait)]
    timeout: Duration,
    #[command(flatten)]
    connection: Connection,
}

impl Wait {
    pub(super) async fn run(self, output: Output) -> Result<Exit, Failure> {
        let mut client = Client::new(self.connection, output);
        let path = format!(
            "/messages?limit={0}&count={0}&wait={1}ms{2}",
            self.count,
            self.timeout.as_millis(),
            self.filter.query(None)
        );
        let page: Page = client.get_within(self.timeout, &path).await?;
        let found = page.items.len();
        let messages = page.items.into_iter().map(Message::new);
        messages::write(output, &messages.collect::<Result<Vec<_>, _>>()?)?;
        if found < usize::from(self.count) {
            let message = format!("{found} of {} messages came in time", self.count);
            return Err(Failure::new(Exit::Bad, "too_few", message)
                .hint("`siohook sandbox messages` shows what there is"));
        }
        Ok(Exit::Good)
    }
}
