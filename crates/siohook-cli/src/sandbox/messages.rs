use std::num::NonZeroUsize;

use clap::Args;

use super::message::Message;
use super::report::result;
use super::select::list;
use crate::client::{Client, Connection};
use crate::output::{self, FAINT, Output};
use crate::table::{self, Cell};
use crate::text::{short, time};
use crate::{Exit, Failure};

/// List what was sent, the latest first
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  siohook sandbox messages --event SALE_NEW --status waiting
  siohook sandbox messages --grep ada@example.com --json")]
pub(super) struct Messages {
    #[command(flatten)]
    filter: Filter,
    /// Only those with this text in their request
    #[arg(long, value_name = "TEXT")]
    grep: Option<String>,
    /// The most messages
    #[arg(short = 'n', long, value_name = "N", default_value = "20")]
    limit: NonZeroUsize,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Args, Debug)]
pub(super) struct Filter {
    /// Only this event, or several with commas between them
    #[arg(long, value_name = "EVENT")]
    event: Option<String>,
    /// Only with this status: queued, delivering, waiting, delivered, exhausted, cancelled,
    /// blocked, or several with commas between them
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
}

impl Filter {
    /// Returns the parameters, each with a `&` before it.
    pub(super) fn query(&self, grep: Option<&str>) -> String {
        let values = [
            ("event", self.event.as_deref()),
            ("status", self.status.as_deref()),
            ("q", grep),
        ];
        let mut query = form_urlencoded::Serializer::for_suffix(String::from("&"), 1);
        for (name, value) in values {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        query.finish().trim_end_matches('&').to_owned()
    }
}

impl Messages {
    pub(super) async fn run(self, output: Output) -> Result<Exit, Failure> {
        let mut client = Client::new(self.connection, output);
        let query = self.filter.query(self.grep.as_deref());
        let page = list(&mut client, &query, self.limit.get()).await?;
        let messages = page.items.into_iter().map(Message::new);
        let messages: Vec<_> = messages.collect::<Result<_, _>>()?;
        write(output, &messages)?;
        if page.has_more {
            let more = self.limit.get().saturating_mul(2);
            output.words(format_args!("there are more: --limit {more}"));
        } else if messages.is_empty() {
            output.words("no messages: `siohook sandbox fire SALE_NEW` makes some");
        }
        Ok(Exit::Good)
    }
}

/// Writes messages, those of a person as a table.
pub(super) fn write(output: Output, messages: &[Message]) -> Result<(), Failure> {
    if output.is_json {
        for message in messages {
            output::json("message", &message.json)?;
        }
        return Ok(());
    }
    let heading = ["ID", "TIME", "EVENT", "STATUS", "ATTEMPTS", "RESULT", "TO"];
    let row = |Message { known, .. }: &Message| {
        let (result, style) = if known.attempts.is_empty() {
            (String::new(), FAINT)
        } else {
            result(known)
        };
        vec![
            Cell::short(short(&known.id), &known.id).style(FAINT),
            Cell::short(time(&known.occurred_at), &known.occurred_at),
            Cell::new(&known.event),
            Cell::new(&known.status),
            Cell::new(known.attempts.len().to_string()),
            Cell::new(result).style(style),
            Cell::new(known.destination()).style(FAINT),
        ]
    };
    let rows = messages.iter().map(row).collect();
    table::write(output, &heading, rows)?;
    Ok(())
}
