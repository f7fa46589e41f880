//! What can be fired: events by their names, and actions.

use siohook_events::Mechanism;

use crate::state::Kind;

/// What happens to a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    ContactCreated,
    OptIn,
    TagAdded,
    TagRemoved,
    Sale,
    Refund,
    Cancel,
    Pay,
    PaymentFailed,
    Enrolled,
    BundleGranted,
    Joined,
    WebinarRegistered,
    CampaignFinished,
    PageVisited,
    LinkClicked,
}

/// A topic with its action, and the events that tell of it.
struct Row {
    topic: Topic,
    action: &'static str,
    account: Option<&'static str>,
    automation: Option<&'static str>,
}

const fn row(
    topic: Topic,
    action: &'static str,
    account: Option<&'static str>,
    automation: Option<&'static str>,
) -> Row {
    Row {
        topic,
        action,
        account,
        automation,
    }
}

#[rustfmt::skip]
const ROWS: &[Row] = &[
    row(Topic::ContactCreated, "create-contact", Some("CONTACT_CREATED"), None),
    row(Topic::OptIn, "opt-in", Some("CONTACT_OPT_IN"), Some("contact.optin.completed")),
    row(Topic::TagAdded, "tag-added", Some("CONTACT_TAG_ADDED"), Some("contact.tag.added")),
    row(Topic::TagRemoved, "tag-removed", Some("CONTACT_TAG_REMOVED"), Some("contact.tag.removed")),
    row(Topic::Sale, "sale", Some("SALE_NEW"), Some("customer.sale.completed")),
    row(Topic::Refund, "refund", Some("SALE_CANCELED"), None),
    row(Topic::Cancel, "cancel", None, None),
    row(Topic::Pay, "pay", None, None),
    row(Topic::PaymentFailed, "fail-payment", None, Some("subscription.payment.failed")),
    row(Topic::Enrolled, "enroll", None, Some("contact.course.enrolled")),
    row(Topic::BundleGranted, "grant-bundle", None, Some("contact.course_bundle.enrolled")),
    row(Topic::Joined, "join", None, None),
    row(Topic::WebinarRegistered, "register-webinar", None, Some("contact.webinar.registered")),
    row(Topic::CampaignFinished, "finish-campaign", None, Some("contact.campaign.finished")),
    row(Topic::PageVisited, "visit-page", None, Some("contact.page.visited")),
    row(Topic::LinkClicked, "click-link", None, Some("contact.email_link.clicked")),
];

impl Topic {
    /// The topic of an event or of an action. An action has no mechanism.
    pub(crate) fn named(name: &str) -> Option<(Self, Option<Mechanism>)> {
        ROWS.iter().find_map(|row| {
            let mechanism = if row.action == name {
                None
            } else if row.account == Some(name) {
                Some(Mechanism::Account)
            } else if row.automation == Some(name) {
                Some(Mechanism::Automation)
            } else {
                return None;
            };
            Some((row.topic, mechanism))
        })
    }

    /// The names of all actions.
    pub(crate) fn actions() -> impl Iterator<Item = &'static str> {
        ROWS.iter().map(|row| row.action)
    }

    pub(super) fn is_of(self, kind: &Kind) -> bool {
        match kind {
            Kind::Created => self == Self::ContactCreated,
            Kind::OptIn { .. } => self == Self::OptIn,
            Kind::TagAdded(_) => self == Self::TagAdded,
            Kind::TagRemoved(_) => self == Self::TagRemoved,
            Kind::Sale { .. } => self == Self::Sale || self == Self::Pay,
            Kind::SaleCanceled { .. } => self == Self::Refund || self == Self::Cancel,
            Kind::Enrolled { .. } => self == Self::Enrolled,
            Kind::BundleGranted { .. } => self == Self::BundleGranted,
            Kind::WebinarRegistered { .. } => self == Self::WebinarRegistered,
            Kind::CampaignFinished(_) => self == Self::CampaignFinished,
            Kind::PageVisited(_) => self == Self::PageVisited,
            Kind::LinkClicked(_) => self == Self::LinkClicked,
            Kind::PaymentFailed => self == Self::PaymentFailed,
        }
    }
}

#[cfg(test)]
mod tests {
    use siohook_events::events;

    use super::*;

    #[test]
    fn every_listed_event_can_be_fired() {
        for event in events() {
            let mechanism = Topic::named(event.name()).map(|(_, mechanism)| mechanism);
            assert_eq!(mechanism, Some(Some(event.mechanism())), "{}", event.name());
        }
    }
}
