//! What an event is about, as it is asked for.

use std::collections::BTreeMap;

use serde::Deserialize;
use siohook_events::Timestamp;

use super::Ending;
use crate::state::AccessType;

/// What an event is about. What is left out is the first object of its kind, or made.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct With {
    pub(crate) access_type: AccessType,
    pub(crate) bundle: Option<Ref>,
    pub(crate) campaign: Option<Ref>,
    pub(crate) community: Option<Ref>,
    pub(crate) coupon: Option<String>,
    pub(crate) course: Option<Ref>,
    pub(crate) email: Option<Ref>,
    pub(crate) ending: Ending,
    pub(crate) fields: BTreeMap<String, String>,
    /// A funnel step: of an opt-in, a visit, or a sale.
    pub(crate) funnel_step: Option<Ref>,
    pub(crate) ip: Option<String>,
    /// Line of the order.
    pub(crate) line: Option<u64>,
    pub(crate) locale: Option<String>,
    pub(crate) modules: Vec<u64>,
    pub(crate) order: Option<u64>,
    /// A page of a blog.
    pub(crate) page: Option<Ref>,
    /// The main product, then bumps and upsells.
    pub(crate) price_plan: Option<OneOrMore>,
    pub(crate) scheduled_at: Option<Timestamp>,
    pub(crate) source_url: Option<String>,
    pub(crate) subscription: Option<u64>,
    pub(crate) tag: Option<Ref>,
    pub(crate) webinar: Option<u64>,
}

/// An object by its id or its name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "an id or a name")]
pub(crate) enum Ref {
    Id(u64),
    Name(String),
}

/// One object or several.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "an id, a name, or a list of them")]
pub(crate) enum OneOrMore {
    One(Ref),
    More(Vec<Ref>),
}

impl OneOrMore {
    pub(super) fn refs(&self) -> &[Ref] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::More(more) => more,
        }
    }
}
