//! The same delivery many times at once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use serde::Serialize;
use siohook_sandbox::{Request, Sample};
use tokio::task::JoinSet;

use crate::output::{BAD, GOOD};
use crate::receiver::Receiver;
use crate::table::{self, Cell};
use crate::{Exit, Failure, Output, output, reply};

/// What came of all copies, for `--json`.
#[derive(Serialize)]
struct Counts<'a> {
    event: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<&'a str>,
    copies: u32,
    statuses: BTreeMap<u16, u32>,
    outcomes: BTreeMap<String, u32>,
    #[serde(skip_serializing_if = "is_zero")]
    unanswered: u32,
    elapsed_ms: u128,
}

/// Sends copies, and counts the answers. A receiver that is busy with one of them answers the others
/// with 409, which is good.
pub(super) async fn send(
    copies: u32,
    receiver: Receiver,
    sample: &Sample,
    request: Request,
    output: Output,
) -> Result<Exit, Failure> {
    let (receiver, request) = (Arc::new(receiver), Arc::new(request));
    let mechanism = sample.mechanism();
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..copies {
        let (receiver, request) = (Arc::clone(&receiver), Arc::clone(&request));
        tasks.spawn(async move { receiver.send(&request, mechanism).await });
    }
    let mut counts = Counts {
        event: sample.event().as_str(),
        message_id: sample.message_id(),
        copies,
        statuses: BTreeMap::new(),
        outcomes: BTreeMap::new(),
        unanswered: 0,
        elapsed_ms: 0,
    };
    let mut words: BTreeMap<(u16, String), u32> = BTreeMap::new();
    let mut failure = None;
    while let Some(ended) = tasks.join_next().await {
        match ended.expect("a task that sends does not panic") {
            Ok(answered) => {
                *counts.statuses.entry(answered.status).or_default() += 1;
                if let Some(outcome) = reply::outcome(&answered.body) {
                    *counts.outcomes.entry(outcome).or_default() += 1;
                }
                let word = reply::word(answered.status, &answered.body);
                *words.entry((answered.status, word)).or_default() += 1;
            }
            Err(unreached) => {
                counts.unanswered += 1;
                failure = Some(unreached);
            }
        }
    }
    counts.elapsed_ms = began.elapsed().as_millis();
    let is_good = |status: u16| reply::is_success(status) || status == 409;
    if output.is_json {
        output::json("sent", &counts)?;
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
        None if counts.statuses.keys().all(|status| is_good(*status)) => Ok(Exit::Good),
        None => Ok(Exit::Bad),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}
