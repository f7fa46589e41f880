//! Which message is meant: an id, a part of it, or `@1` for the latest one.

use std::str::FromStr;

use serde::Deserialize;
use serde_json::Value;
use siohook_events::Shown;

use super::message::Message;
use crate::client::{Client, NOT_FOUND};
use crate::{Exit, Failure};

/// What the user wrote to name a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Selector {
    /// The latest one is 1.
    Latest(usize),
    /// An id begins and ends so.
    Id { start: String, end: String },
}

/// A message, or one of its attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AttemptSelector {
    pub(super) message: Selector,
    pub(super) attempt: Option<u32>,
}

impl FromStr for Selector {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(number) = text.strip_prefix('@') {
            let number = number.parse().ok().filter(|number| *number > 0);
            return number.map(Self::Latest).ok_or(WRONG);
        }
        let (start, end) = text.split_once('…').unwrap_or((text, ""));
        let is_part = |part: &str| {
            part.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if start.is_empty() || !is_part(start) || !is_part(end) {
            return Err(WRONG);
        }
        Ok(Self::Id {
            start: start.to_owned(),
            end: end.to_owned(),
        })
    }
}

impl FromStr for AttemptSelector {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (message, attempt) = match text.split_once('.') {
            Some((message, attempt)) => (message, Some(attempt)),
            None => (text, None),
        };
        let attempt = attempt.map(|attempt| {
            let number = attempt.parse().ok().filter(|number| *number > 0);
            number.ok_or("the number of an attempt is 1 or more, as in `@1.2`")
        });
        Ok(Self {
            message: message.parse()?,
            attempt: attempt.transpose()?,
        })
    }
}

const WRONG: &str = "write an id, the beginning of one, or `@1` for the latest message";

/// A page of messages.
#[derive(Debug, Deserialize)]
pub(super) struct Page {
    pub(super) items: Vec<Value>,
    #[serde(rename = "hasMore")]
    pub(super) has_more: bool,
}

impl Selector {
    /// Finds the message.
    pub(super) async fn find(&self, client: &mut Client) -> Result<Message, Failure> {
        match self {
            Self::Latest(number) => {
                let all = list(client, "", *number).await?.items;
                let count = all.len();
                match all.into_iter().nth(number - 1) {
                    Some(latest) => Message::new(latest),
                    None => Err(not_found(format!(
                        "there are {count} messages, so there is no @{number}"
                    ))),
                }
            }
            Self::Id { start, end } if start.len() == 36 && end.is_empty() => {
                Message::new(client.get(&format!("/messages/{start}")).await?)
            }
            Self::Id { start, end } => {
                let all = list(client, "", usize::MAX).await?.items;
                let is_meant = |message: &Value| {
                    let id = message.get("id").and_then(Value::as_str);
                    id.is_some_and(|id| {
                        id.strip_prefix(start.as_str())
                            .is_some_and(|rest| rest.ends_with(end.as_str()))
                    })
                };
                let mut meant: Vec<_> = all.into_iter().filter(is_meant).collect();
                match (meant.pop(), meant.len()) {
                    (Some(message), 0) => Message::new(message),
                    (None, _) => Err(not_found("no message has such an id".to_owned())),
                    (Some(_), others) => Err(Failure::usage(format!(
                        "{} messages have such an id",
                        others + 1
                    ))
                    .hint("write more of it; `siohook sandbox messages | cat` shows whole ids")),
                }
            }
        }
    }
}

fn not_found(message: String) -> Failure {
    Failure::new(Exit::Usage, NOT_FOUND, message).hint("`siohook sandbox messages` lists them")
}

/// Lists messages, the latest first, a page at a time.
pub(super) async fn list(client: &mut Client, query: &str, limit: usize) -> Result<Page, Failure> {
    let mut all = Page {
        items: vec![],
        has_more: true,
    };
    while all.has_more && all.items.len() < limit {
        let count = (limit - all.items.len()).min(1000);
        let last = all.items.last().and_then(|item| item.get("id")?.as_str());
        let after = last.map(|id| format!("&after={}", Shown::value(id)));
        let after = after.unwrap_or_default();
        let page: Page = client
            .get(&format!("/messages?limit={count}{after}{query}"))
            .await?;
        all.has_more = page.has_more && !page.items.is_empty();
        all.items.extend(page.items);
    }
    Ok(all)
}
