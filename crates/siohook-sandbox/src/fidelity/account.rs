//! What follows from changes of the account.

use super::Known::{Capture, Document, Inferred, OneSource, Ours};
use super::{Fidelity, row};
use crate::change::{automations, run};
use crate::state::usage;

pub(super) fn behaviours() -> Vec<Fidelity> {
    [automations(), sales(), contacts()].concat()
}

#[rustfmt::skip]
fn automations() -> Vec<Fidelity> {
    let (starts, cool_down) = (usage::STARTS, usage::COOL_DOWN.as_secs());
    let (deepest, longest) = (run::DEEPEST, run::LONGEST);
    let days = automations::HISTORY.as_secs() / 86_400;
    vec![
        row(Document, "Trigger that is set up later", "It counts from then on"),
        row(Document, "Starts of a rule by a contact", format!("Any; at most {starts} with the option")).setting("--strict-limits"),
        row(OneSource, "Second click in an e-mail", format!("It counts; not within {cool_down} s with the option")).setting("--strict-limits"),
        row(Document, "History of actions", format!("{days} days")),
        row(Ours, "Order of automations", "Rules of the step, rules of the account, workflows"),
        row(Ours, "Webhook in a workflow", "It sends the event of the trigger"),
        row(Ours, "Rules that start each other", format!("They end {deepest} deep and after {longest} tasks")),
        row(Ours, "Triggers without a published name", "They do not exist"),
        row(Ours, "Body of `subscription.payment.failed`", "A guess: only its name was seen"),
        row(Ours, "Action `Send email`", "It is logged, and sends nothing"),
    ]
}

#[rustfmt::skip]
fn sales() -> Vec<Fidelity> {
    vec![
        row(Capture, "Order with several products", "A `SALE_NEW` for each line, with the same `order.id`"),
        row(Ours, "`order.totalPrice` of several lines", "Each has the total of the order"),
        row(Ours, "`order.discountAmount` and `discountType`", "Null; the discount is in `coupon`"),
        row(Ours, "Later payment of a subscription", "`SALE_NEW` again, with the same line"),
        row(Ours, "Type of a price in instalments", "`limited_subscription`"),
        row(Ours, "Discount in percent", "`percent`, with the number as the amount"),
        row(Ours, "Coupon in `customer.sale.completed`", "`code` and `inner_name`"),
        row(Ours, "`subscription_plan` in `customer.sale.completed`", "Null"),
        row(Document, "Refund, and end of a subscription", "`SALE_CANCELED`"),
        row(Inferred, "Cancellation with the paid period", "`SALE_CANCELED` when the period ends"),
        row(OneSource, "Status until then", "`active` with `cancelledAt`"),
    ]
}

#[rustfmt::skip]
fn contacts() -> Vec<Fidelity> {
    vec![
        row(Ours, "Opt-in of a new contact", "`CONTACT_CREATED`, `CONTACT_OPT_IN`, then automations"),
        row(Ours, "Access to a course that the contact has", "Its type changes, and nothing is sent"),
        row(Ours, "Access to a bundle", "`contact.course_bundle.enrolled`, and nothing for its courses"),
        row(Ours, "Memberships, fields, changes and deletions", "Nothing is sent"),
    ]
}
