//! Outcomes of genuine deliveries.

use std::collections::BTreeMap;

use siohook_sender::Sample;

use crate::case::Case;
use crate::expected::{
    DONE, DONE_BEFORE, FAILED, FAILED_FOR_GOOD, MISMATCH, RETRY_LATER, UNHANDLED,
};
use crate::{account, automation};

pub(super) const CASES: &[Case] = &[
    Case::new(
        "done_automation",
        "an automation is handled and gets 200 `done`",
        |target| target.answers(&automation::tag_added(), DONE),
    ),
    Case::new(
        "done_account",
        "an account webhook is handled and gets 200 `done`",
        |target| {
            target.answers(&account::tag_added(), DONE)?;
            target.answers(&account::sale(), DONE)
        },
    ),
    Case::new(
        "done_before_automation",
        "a redelivered automation gets 200 `done_before`",
        |target| target.answers_each(&automation::tag_added(), &[DONE, DONE_BEFORE, DONE_BEFORE]),
    ),
    Case::new(
        "done_before_account",
        "a redelivered account webhook gets 200 `done_before`",
        |target| target.answers_each(&account::tag_added(), &[DONE, DONE_BEFORE, DONE_BEFORE]),
    ),
    Case::new(
        "other_message_id",
        "the same body with another message id is another delivery",
        |target| {
            let first = account::tag_added();
            let second = account::signed("CONTACT_TAG_ADDED", first.body());
            target.answers(&first, DONE)?;
            target.answers_each(&second, &[DONE, DONE_BEFORE])
        },
    ),
    Case::new(
        "unhandled",
        "an event that no handler listens to gets 200 `unhandled`",
        |target| {
            target.answers(&automation::event("contact.campaign.finished"), UNHANDLED)?;
            target.answers(&automation::event("example.unheard.of"), UNHANDLED)?;
            target.answers(&account::signed("EXAMPLE_UNHEARD_OF", "{}"), UNHANDLED)
        },
    ),
    Case::new(
        "failed_for_good",
        "a handler that fails for good gives 200, and is not called again",
        |target| {
            let delivery = automation::event("example.failing.for_good");
            target.answers_each(&delivery, &[FAILED_FOR_GOOD, DONE_BEFORE])
        },
    ),
    Case::new(
        "failing_automation",
        "a handler that fails for an automation gives 500, and is called again",
        |target| target.answers_each(&automation::event("example.failing"), &[FAILED, FAILED]),
    ),
    Case::new(
        "failing_account",
        "a handler that fails for an account webhook gives 500, and is called again",
        |target| target.answers_each(&account::unlisted("EXAMPLE_FAILING"), &[FAILED, FAILED]),
    ),
    Case::new(
        "panicking",
        "a handler that panics gives 500, and the server continues",
        |target| {
            target.answers_each(&automation::event("example.panicking"), &[FAILED, FAILED])?;
            target.answers(&automation::tag_added(), DONE)
        },
    ),
    Case::new(
        "retry_later",
        "a handler that asks for a retry gives 503 and Retry-After",
        |target| {
            let delivery = automation::event("example.failing.for_now");
            target.answers_each(&delivery, &[RETRY_LATER, RETRY_LATER])?;
            target.answers(&account::unlisted("EXAMPLE_FAILING_FOR_NOW"), RETRY_LATER)
        },
    ),
    Case::new(
        "mismatch_automation",
        "an automation with another payload than its event's gets 422",
        |target| {
            let no_tag = Sample::of("contact.tag.added")
                .remove("/tag")
                .set("/contact", BTreeMap::<&str, &str>::new());
            target.answers_each(&automation::of(no_tag), &[MISMATCH, MISMATCH])
        },
    ),
    Case::new(
        "mismatch_account",
        "an account webhook with another payload than its event's gets 422",
        |target| {
            let body = account::tag_added_body().replace("\"email\"", "\"mail\"");
            let no_email = account::signed("CONTACT_TAG_ADDED", body);
            target.answers_each(&no_email, &[MISMATCH, MISMATCH])
        },
    ),
];
