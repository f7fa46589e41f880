//! What becomes of a delivery that is genuine.

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
        "an automation is handled, and answered with 200 `done`",
        |target| target.answers(&automation::tag_added(), DONE),
    ),
    Case::new(
        "done_account",
        "an account webhook is handled, and answered with 200 `done`",
        |target| {
            target.answers(&account::tag_added(), DONE)?;
            target.answers(&account::sale(), DONE)
        },
    ),
    Case::new(
        "done_before_automation",
        "an automation that comes again is answered with 200 `done_before`",
        |target| target.answers_each(&automation::tag_added(), &[DONE, DONE_BEFORE, DONE_BEFORE]),
    ),
    Case::new(
        "done_before_account",
        "an account webhook that comes again is answered with 200 `done_before`",
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
        "an event that no handler listens to is answered with 200 `unhandled`",
        |target| {
            target.answers(&automation::event("contact.campaign.finished"), UNHANDLED)?;
            target.answers(&automation::event("example.unheard.of"), UNHANDLED)?;
            target.answers(&account::signed("EXAMPLE_UNHEARD_OF", "{}"), UNHANDLED)
        },
    ),
    Case::new(
        "failed_for_good",
        "a handler that fails for good is answered with 200, and not called again",
        |target| {
            let delivery = automation::event("example.failing.for_good");
            target.answers_each(&delivery, &[FAILED_FOR_GOOD, DONE_BEFORE])
        },
    ),
    Case::new(
        "failing_automation",
        "a handler that fails is answered with 500, and called again",
        |target| target.answers_each(&automation::event("example.failing"), &[FAILED, FAILED]),
    ),
    Case::new(
        "failing_account",
        "a handler that fails is answered with 500 to an account webhook, too",
        |target| target.answers_each(&account::unlisted("EXAMPLE_FAILING"), &[FAILED, FAILED]),
    ),
    Case::new(
        "panicking",
        "a handler that panics is answered with 500, and the server goes on",
        |target| {
            target.answers_each(&automation::event("example.panicking"), &[FAILED, FAILED])?;
            target.answers(&automation::tag_added(), DONE)
        },
    ),
    Case::new(
        "retry_later",
        "a handler that asks for another attempt is answered with 503 and Retry-After",
        |target| {
            let delivery = automation::event("example.failing.for_now");
            target.answers_each(&delivery, &[RETRY_LATER, RETRY_LATER])?;
            target.answers(&account::unlisted("EXAMPLE_FAILING_FOR_NOW"), RETRY_LATER)
        },
    ),
    Case::new(
        "mismatch_automation",
        "an automation whose payload is not of its event is answered with 422",
        |target| {
            let no_tag = Sample::of("contact.tag.added")
                .remove("/tag")
                .set("/contact", BTreeMap::<&str, &str>::new());
            target.answers_each(&automation::of(no_tag), &[MISMATCH, MISMATCH])
        },
    ),
    Case::new(
        "mismatch_account",
        "an account webhook whose payload is not of its event is answered with 422",
        |target| {
            let body = account::tag_added_body().replace("\"email\"", "\"mail\"");
            let no_email = account::signed("CONTACT_TAG_ADDED", body);
            target.answers_each(&no_email, &[MISMATCH, MISMATCH])
        },
    ),
];
