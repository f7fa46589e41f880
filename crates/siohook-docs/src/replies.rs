//! Replies to the sender.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use siohook::describe::{ReplyInfo, replies};

/// Returns the replies to a `POST`, by status.
pub(crate) fn replies_to_post() -> BTreeMap<u16, Vec<&'static ReplyInfo>> {
    let mut by_status: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for reply in replies().iter().filter(|reply| reply.status != 405) {
        by_status.entry(reply.status).or_default().push(reply);
    }
    by_status
}

/// Returns the schema of the body of the replies with one status.
pub(crate) fn body(replies: &[&ReplyInfo]) -> Value {
    let outcomes: Vec<_> = replies.iter().map(|reply| reply.outcome).collect();
    json!({
        "type": "object",
        "properties": { "outcome": { "type": "string", "enum": outcomes } },
        "required": ["outcome"],
    })
}

/// Returns the meaning of the replies with one status.
pub(crate) fn meaning(replies: &[&ReplyInfo]) -> String {
    if let [reply] = replies {
        return reply.meaning.to_owned();
    }
    let lines = replies
        .iter()
        .map(|reply| format!("* `{}`: {}", reply.outcome, reply.meaning));
    lines.collect::<Vec<_>>().join("\n")
}
