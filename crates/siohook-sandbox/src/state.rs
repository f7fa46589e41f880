//! The account: contacts, tags, courses, products, webhooks, rules and workflows.
//!
//! A [`State`] is plain data, and serializes to JSON and back. Objects lie in maps by their ids.
//! What changes a contact goes through [`State::apply`], which returns the messages that
//! systeme.io would send.

mod api_key;
mod automation;
mod campaign;
mod community;
mod contact;
mod course;
mod data_dir;
mod field;
mod file;
mod file_error;
mod funnel;
mod happening;
mod ids;
mod json;
mod lookup;
mod order;
mod price_plan;
mod reset;
mod settle;
mod tag;
pub(crate) mod usage;
mod webhook;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::api_key::ApiKey;
pub use self::automation::{
    Action, Automation, Condition, Performed, Rule, Trigger, Workflow, WorkflowStep,
};
pub use self::campaign::{Campaign, Email, Webinar};
pub use self::community::{Community, Membership};
pub use self::contact::{Contact, LOCALES};
pub use self::course::{AccessType, Bundle, Course, Enrolment, Module};
pub use self::data_dir::DataDir;
pub use self::field::ContactField;
pub use self::file_error::StateFileError;
pub use self::funnel::{Blog, BlogPage, Funnel, Step};
pub use self::ids::Ids;
pub use self::json::ParseStateError;
pub use self::order::{Order, OrderLine, Subscription, SubscriptionStatus};
pub use self::price_plan::{
    Coupon, Discount, Interval, PlanType, PricePlan, RecurringOptions, Resource,
};
pub use self::tag::Tag;
pub use self::webhook::{Disabled, DisabledReason, EventSubscription, Webhook};
pub use crate::change::{Applied, Change, Ending, Listener, Refusal, Skipped, Why};
pub(crate) use crate::change::{Fire, OneOrMore, Ref, Topic, With};

pub(crate) use self::automation::{Journey, Waiting};
pub(crate) use self::file::replace;
pub(crate) use self::happening::{Happening, Kind};
use self::json::Version;
pub(crate) use self::usage::Usage;

/// The whole account.
///
/// ```
/// use siohook_sandbox::state::{Change, State};
///
/// let mut account = State::new(7);
/// let now = "2026-01-01T00:00:00+00:00".parse()?;
/// let jane = account.apply(Change::create_contact("jane@example.com"), now)?;
/// assert_eq!(account.contacts[&jane.id.unwrap()].email, "jane@example.com");
/// // The account has no webhook, so nothing is sent.
/// assert!(jane.outgoing.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    version: Version,
    /// Source of ids.
    pub ids: Ids,
    /// Address of the owner, which automations send.
    pub owner_email: String,
    /// Whether systeme.io's limits hold: 10 webhooks, only to `https://`; 3 API keys; 20 starts of
    /// a rule or workflow by a contact; one click on a link of an e-mail in a minute.
    pub strict_limits: bool,
    /// Keys of the public API by their ids. Without any, each key that is not empty is accepted.
    #[serde(default)]
    pub api_keys: BTreeMap<u64, ApiKey>,
    /// Contacts by their ids.
    pub contacts: BTreeMap<u64, Contact>,
    /// Tags by their ids.
    pub tags: BTreeMap<u64, Tag>,
    /// Fields of contacts in their order.
    pub contact_fields: Vec<ContactField>,
    /// Account webhooks by their ids.
    pub webhooks: BTreeMap<String, Webhook>,
    /// Courses by their ids.
    pub courses: BTreeMap<u64, Course>,
    /// Bundles by their ids.
    pub bundles: BTreeMap<u64, Bundle>,
    /// Enrolments by their ids.
    pub enrolments: BTreeMap<u64, Enrolment>,
    /// Communities by their ids.
    pub communities: BTreeMap<u64, Community>,
    /// Memberships by their ids.
    pub memberships: BTreeMap<u64, Membership>,
    /// Price plans by their ids.
    pub price_plans: BTreeMap<u64, PricePlan>,
    /// Coupons by their codes.
    pub coupons: BTreeMap<String, Coupon>,
    /// Orders by their ids.
    pub orders: BTreeMap<u64, Order>,
    /// Subscriptions of contacts by their ids.
    pub subscriptions: BTreeMap<u64, Subscription>,
    /// Funnels by their ids.
    pub funnels: BTreeMap<u64, Funnel>,
    /// Blogs by their ids.
    pub blogs: BTreeMap<u64, Blog>,
    /// Campaigns by their ids.
    pub campaigns: BTreeMap<u64, Campaign>,
    /// E-mails by their ids.
    pub emails: BTreeMap<u64, Email>,
    /// Webinars by their ids.
    pub webinars: BTreeMap<u64, Webinar>,
    /// Rules by their ids.
    pub rules: BTreeMap<u64, Rule>,
    /// Workflows by their ids.
    pub workflows: BTreeMap<u64, Workflow>,
    /// Actions of the last 30 days, oldest first.
    pub history: Vec<Performed>,
    /// Contacts in the delay of a workflow.
    pub(crate) waiting: Vec<Waiting>,
    /// What contacts have used up of the limits, by their ids.
    pub(crate) usage: BTreeMap<u64, Usage>,
}

impl State {
    /// Makes a new account. Its ids come from the seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            version: Version,
            ids: Ids::new(seed),
            owner_email: "owner@example.com".to_owned(),
            strict_limits: false,
            api_keys: BTreeMap::new(),
            contacts: BTreeMap::new(),
            tags: BTreeMap::new(),
            contact_fields: ContactField::of_new_account(),
            webhooks: BTreeMap::new(),
            courses: BTreeMap::new(),
            bundles: BTreeMap::new(),
            enrolments: BTreeMap::new(),
            communities: BTreeMap::new(),
            memberships: BTreeMap::new(),
            price_plans: BTreeMap::new(),
            coupons: BTreeMap::new(),
            orders: BTreeMap::new(),
            subscriptions: BTreeMap::new(),
            funnels: BTreeMap::new(),
            blogs: BTreeMap::new(),
            campaigns: BTreeMap::new(),
            emails: BTreeMap::new(),
            webinars: BTreeMap::new(),
            rules: BTreeMap::new(),
            workflows: BTreeMap::new(),
            history: vec![],
            waiting: vec![],
            usage: BTreeMap::new(),
        }
    }
}
