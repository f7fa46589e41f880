//! The same delivery many times at once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use siohook_sandbox::{Mechanism, Request};
use tokio::task::JoinSet;

use super::Sent;
use crate::output::{BAD, GOOD};
use crate::receiver::Receiver;
use crate::table::{self, Cell};
use crate::{Exit, Failure, Output, output, reply};

/// Sends copies, and counts the answers. A receiver that is busy with one of them answers the others
/// with 409, which is good.
pub(super) async fn send(
    copies: u32,
    receiver: Receiver,
    sent: Sent<'_>,
    (request, mechanism): (Request, Mechanism),
    output: Output,
) -> Result<Exit, Failure> {
    let (receiver, request) = (Arc::new(receiver), Arc::new(request));
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..copies {
        let (receiver, request) = (Arc::clone(&receiver), Arc::clone(&request));
        tasks.spawn(async move { receiver.send(&request, mechanism).await });
    }
    let mut sent = Sent { copies, ..sent };
    let mut words: BTreeMap<(u16, String), u32> = BTreeMap::new();
    let mut failure = None;
    while let Some(ended) = tasks.join_next().await {
        match ended.expect("a task that sends does not panic") {
            Ok(answered) => {
                sent.count(&answered);
                let word = reply::word(answered.status, &answered.body);
                *words.entry((answered.status, word)).or_default() += 1;
            }
            Err(unreached) => {
                sent.unanswered += 1;
                failure = Some(unreached);
            }
        }
    }
    sent.elapsed_ms = began.elapsed().as_millis();
    let is_good = |status: u16| reply::is_success(status) || status == 409;
    if output.is_json {
        output::json("sent", &sent)?;
    } else {
        let rows = words.iter().map(|((status, word), count)| {
            let style = if is_good(*status) { GOOD } else { BAD };
            vec![
                Cell::short(format!("→ {count} ×"), count.to_string()),
                Cell::new(word).style(style),
            ]
        });
        table::write(output, &[], rows.collect())?;
    }
    match failure {
        Some(failure) => Err(failure),
        None if sent.statuses.keys().all(|status| is_good(*status)) => Ok(Exit::Good),
        None => Ok(Exit::Bad),
    }
}
