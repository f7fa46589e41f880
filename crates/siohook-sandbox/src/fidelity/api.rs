//! What clients of the API notice.

use super::Known::{Capture, Document, Inferred, OneSource, Ours};
use super::{Fidelity, row};
use crate::api::{page, subscriptions};
use crate::state::{ApiKey, Webhook};

pub(super) fn behaviours() -> Vec<Fidelity> {
    [requests(), lists(), objects(), of_webhooks()].concat()
}

#[rustfmt::skip]
fn requests() -> Vec<Fidelity> {
    vec![
        row(Document, "Authentication", "The header `X-API-Key`, and nothing else"),
        row(Capture, "Answers to a missing and a wrong key", "401, with a text for each"),
        row(Ours, "Keys that are accepted", "Any that is not empty").setting("--api-key"),
        row(Ours, "Unknown path without a key", "401, before 404"),
        row(Document, "Media type of PATCH", "`application/merge-patch+json`"),
        row(Inferred, "Other media types", "415"),
        row(Ours, "Body that is not JSON", "400 with `Syntax error`"),
        row(Ours, "Member of a wrong type", "400 with its name"),
        row(Ours, "Members that are not documented", "They are ignored and logged"),
        row(Ours, "Strings of digits as ids", "They are accepted and logged"),
        row(Document, "Form of 422", "`violations` with path, message and code"),
        row(OneSource, "Messages of 422", "The texts of Symfony's validator"),
        row(Inferred, "Codes of 422", "The constants of Symfony's validator"),
        row(Ours, "Several wrong values", "All violations at once"),
        row(OneSource, "Detail of 404", "`Not Found`"),
        row(Inferred, "`type` of problems", "Symfony's default"),
        row(Document, "Headers of the rate limit", "`X-RateLimit-…` and `Retry-After`"),
        row(Ours, "Numbers of the rate limit", "100 requests in 60 seconds, not enforced").setting("--rate-limit"),
        row(Ours, "`X-RateLimit-Refill`", "Seconds to the next window"),
        row(Ours, "Requests to other hosts, and from web pages of others", "421 and 403"),
    ]
}

#[rustfmt::skip]
fn lists() -> Vec<Fidelity> {
    let (shortest, longest) = (page::SHORTEST, page::LONGEST);
    let of_subscriptions = subscriptions::LONGEST_PAGE;
    vec![
        row(Document, "Form of lists", "`items` and `hasMore`"),
        row(Document, "`limit`", format!("{shortest} to {longest}")),
        row(OneSource, "`limit` of subscriptions", format!("{shortest} to {of_subscriptions}")),
        row(OneSource, "Other values of `limit`", "422 for `pagination.limit`"),
        row(Ours, "Items without a `limit`", page::LIMIT.to_string()),
        row(Document, "`order`", format!("`{}` by default", page::DESCENDING)),
        row(OneSource, "`order` of contacts", "It is ignored: the newest come first"),
        row(Ours, "`startingAfter` with an id that is gone", "The list goes on behind it"),
        row(Document, "Contact fields and webhooks", "All at once, without pages"),
        row(OneSource, "`email` of contacts", "The whole address; its case is ignored"),
        row(OneSource, "Subscriptions of an unknown contact", "404"),
    ]
}

#[rustfmt::skip]
fn objects() -> Vec<Fidelity> {
    vec![
        row(OneSource, "E-mail address that is taken", "422"),
        row(Ours, "Domain of an e-mail address", "Its MX records are never checked"),
        row(Ours, "Name of a tag that is taken", "422"),
        row(Ours, "Ids of contacts, tags and others", "Each number is used once, whatever the kind"),
        row(OneSource, "Tag that the contact has", "204, and nothing is sent"),
        row(OneSource, "Unknown `tagId`", "422 with its number"),
        row(OneSource, "`partial_dripping_access`", "It is accepted"),
        row(Document, "New membership", "202 with an empty object"),
        row(Inferred, "Subscription that is cancelled again", "422"),
    ]
}

#[rustfmt::skip]
fn of_webhooks() -> Vec<Fidelity> {
    let (most, keys) = (Webhook::MOST, ApiKey::MOST);
    vec![
        row(Document, "Secret of a webhook", "No answer contains it"),
        row(OneSource, "`subscriptions` of a webhook", "Names, or objects with `event`"),
        row(OneSource, "Name and URL of a webhook", "Unique in the account"),
        row(Ours, "Name and URL both taken", "Two violations"),
        row(Inferred, "`url` in PATCH of a webhook", "It is ignored and logged"),
        row(Ours, "`http://` as URL of a webhook", "It is accepted").setting("--strict-limits"),
        row(OneSource, "Number of webhooks", format!("Any; at most {most} with the option")).setting("--strict-limits"),
        row(OneSource, "Number of API keys", format!("Any; at most {keys} with the option")).setting("--strict-limits"),
        row(Ours, "New webhook without `active`", "It is active"),
        row(Ours, "Events that PATCH leaves out", "They stay listed, disabled as `USER_CANCELED`"),
    ]
}
