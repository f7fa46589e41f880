use siohook_api::Webhook;
use siohook_events::Shown;

use crate::client::NOT_FOUND;
use crate::{Exit, Failure};

/// Finds a webhook by its name, its id, or a beginning of the id that no other has.
pub(super) fn find<'a>(webhooks: &'a [Webhook], which: &str) -> Result<&'a Webhook, Failure> {
    let is_it = |webhook: &&Webhook| webhook.id.as_str() == which || webhook.name == which;
    if let Some(webhook) = webhooks.iter().find(is_it) {
        return Ok(webhook);
    }
    let begin = |webhook: &&Webhook| !which.is_empty() && webhook.id.as_str().starts_with(which);
    let found: Vec<_> = webhooks.iter().filter(begin).collect();
    let which = Shown::value(which);
    match found[..] {
        [webhook] => Ok(webhook),
        [] => {
            let message = format!("the account has no webhook `{which}`");
            let failure = Failure::new(Exit::Usage, NOT_FOUND, message);
            Err(failure.hint("`siohook webhooks list` lists them"))
        }
        _ => {
            let message = format!(
                "{} webhooks have an id that begins with `{which}`",
                found.len()
            );
            Err(Failure::usage(message))
        }
    }
}
