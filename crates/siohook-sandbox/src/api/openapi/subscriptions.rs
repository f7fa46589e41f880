use serde_json::{Value, json};

use super::description::Answer::{List, NoContent};
use super::description::{Description, Parameter};
use super::schema::{choice, count, id, input, named, object, or_null, text, time};
use crate::api::subscriptions::{AT_ONCE, AT_PERIOD_END, LONGEST_PAGE};

pub(in crate::api) const LIST: Description = Description::new(
    "listSubscriptions",
    "Lists the subscriptions of a contact",
    List("Subscription"),
)
.query(&[Parameter::new("contact", "Id of the contact", id).required()])
.problems(&[404])
.paged_up_to(LONGEST_PAGE);
pub(in crate::api) const CANCEL: Description =
    Description::new("cancelSubscription", "Cancels a subscription", NoContent);

/// The last two are those of payments that never succeed, which the sandbox does not have.
const STATUSES: [&str; 6] = [
    "active",
    "cancelled",
    "completed",
    "in_charge",
    "incomplete",
    "incomplete_expired",
];

pub(super) fn schemas() -> Value {
    let interval = choice(&["day", "week", "month", "year"]);
    json!({
        "Subscription": object(json!({
            "id": id(),
            "createdAt": time(),
            "status": choice(&STATUSES),
            "completedAt": or_null(time()),
            "cancelledAt": or_null(time()),
            "pricePlan": or_null(named("PricePlan")),
        })),
        "PricePlan": object(json!({
            "id": id(),
            "name": text(),
            "innerName": text(),
            "statementDescriptor": text(),
            "amount": count(),
            "currency": text(),
            "type": choice(&["one_shot", "subscription", "limited_subscription"]),
            "recurringOptions": or_null(named("RecurringOptions")),
        })),
        "RecurringOptions": object(json!({
            "id": count(),
            "trialPeriod": count(),
            "trialInterval": interval,
            "interval": interval,
            "intervalCount": count(),
            "limitOfPayments": or_null(count()),
        })),
        "CancelInput": input(&["cancel"], json!({ "cancel": choice(&[AT_ONCE, AT_PERIOD_END]) })),
    })
}
