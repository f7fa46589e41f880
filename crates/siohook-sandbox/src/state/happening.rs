use serde::{Deserialize, Serialize};
use siohook_events::Timestamp;

use super::AccessType;

/// Something that happened to a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Happening {
    pub(crate) contact: u64,
    pub(crate) kind: Kind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Kind {
    Created,
    OptIn {
        page: u64,
        ip: Option<String>,
    },
    TagAdded(u64),
    TagRemoved(u64),
    Sale {
        order: u64,
        line: u64,
    },
    SaleCanceled {
        order: u64,
        line: u64,
    },
    Enrolled {
        course: u64,
        access_type: AccessType,
    },
    BundleGranted {
        bundle: u64,
        access_type: AccessType,
    },
    WebinarRegistered {
        webinar: u64,
        registered_at: Timestamp,
        scheduled_at: Timestamp,
    },
    CampaignFinished(u64),
    PageVisited(u64),
    LinkClicked(u64),
    PaymentFailed,
}
