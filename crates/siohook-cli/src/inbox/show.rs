use clap::Args;
use hyper::body::Bytes;
use serde_json::{Value, json};
use siohook_inbox::{Operator, StoredDelivery};

use super::failure;
use super::summary::{Summary, style, utc, why};
use crate::output::{self, BOLD, FAINT, Output};
use crate::table::{self, Cell};
use crate::text::{size, time};
use crate::{Exit, Failure};

/// Show a delivery: its handlers, their tries, the last error and the next try
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  siohook inbox show 118
  siohook inbox export 118 --as body | jq .")]
pub(super) struct Show {
    /// Number of the delivery in the inbox
    id: i64,
}

impl Show {
    pub(super) async fn run(self, inbox: &Operator, output: Output) -> Result<Exit, Failure> {
        let stored = inbox.delivery(self.id).await.map_err(failure)?;
        if output.is_json {
            output::json("inbox", members(&stored))?;
            return Ok(Exit::Good);
        }
        let delivery = stored.summary();
        let received = utc(delivery.received_at());
        let bytes = stored.body().map(Bytes::len);
        let head = vec![
            Cell::new(delivery.id().to_string()).style(BOLD),
            Cell::new(delivery.event()),
            bytes.map_or_else(
                || Cell::new("erased"),
                |bytes| Cell::short(size(bytes), bytes.to_string()),
            ),
            Cell::short(format!("received {}", time(&received)), &received),
            Cell::new(delivery.message_id().unwrap_or_default()).style(FAINT),
        ];
        output::line(table::line(output, head))?;
        let heading = ["HANDLER", "STATE", "TRIES", "ENDED", "WHY"];
        let rows = delivery.runs().iter().map(|run| {
            let ended = run.ended_at().map(utc).unwrap_or_default();
            vec![
                Cell::new(run.handler()),
                Cell::new(run.state().as_str()).style(style(run.state())),
                Cell::new(run.attempts().to_string()),
                Cell::short(time(&ended), &ended),
                Cell::new(why(run)),
            ]
        });
        table::write(output, &heading, rows.collect())?;
        Ok(Exit::Good)
    }
}

/// The members of a line of `--json`, without the body.
pub(super) fn members(stored: &StoredDelivery) -> Value {
    let mut members = json!(Summary::new(stored.summary()));
    members["bytes"] = json!(stored.body().map(Bytes::len));
    members
}
