//! Changes of the account, and the messages that follow from them.

mod announce;
pub(crate) mod automations;
mod campaign;
mod contact;
mod due;
mod find;
mod fire;
mod matching;
mod refusal;
pub(crate) mod run;
mod sale;
mod school;
mod stage;
mod stage_sale;
#[cfg(test)]
mod tests;
mod topic;
mod with;

use std::collections::BTreeMap;

use serde::Deserialize;
use siohook_events::Timestamp;

use self::run::Run;
use crate::Outgoing;
use crate::state::{AccessType, State};

pub(crate) use self::fire::Fire;
pub use self::matching::{Listener, Skipped, Why};
pub use self::refusal::Refusal;
pub(crate) use self::topic::Topic;
pub(crate) use self::with::{OneOrMore, Ref, With};

/// A change of the account from which messages can follow.
///
/// ```
/// use siohook_sandbox::state::{Change, State};
///
/// let mut account = State::new(7);
/// let now = "2026-01-01T00:00:00+00:00".parse()?;
/// let contact = account.apply(Change::create_contact("jane@example.com"), now)?.id.unwrap();
/// account.apply(Change::RemoveTag { contact, tag: 9 }, now)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Creates a contact.
    CreateContact {
        /// E-mail address.
        email: String,
        /// Language. `None` for English.
        locale: Option<String>,
        /// Values of fields by their slugs.
        fields: BTreeMap<String, String>,
        /// Address of the page through which the contact came.
        source_url: Option<String>,
    },
    /// Adds a tag. A contact that has it already does not change.
    AddTag {
        /// Contact id.
        contact: u64,
        /// Tag id.
        tag: u64,
    },
    /// Removes a tag. A contact without it does not change.
    RemoveTag {
        /// Contact id.
        contact: u64,
        /// Tag id.
        tag: u64,
    },
    /// Fills in the form of a page. A contact that does not exist is created.
    OptIn {
        /// E-mail address.
        email: String,
        /// Id of the funnel step or of the blog page.
        page: u64,
        /// IP address of the visitor.
        ip: Option<String>,
        /// Values of fields by their slugs.
        fields: BTreeMap<String, String>,
        /// Address of the page.
        source_url: Option<String>,
    },
    /// Buys products in one order.
    Buy {
        /// Contact id.
        contact: u64,
        /// Price plan ids: the main product, then bumps and upsells.
        price_plans: Vec<u64>,
        /// Id of the funnel step with the order form.
        step: Option<u64>,
        /// Code of a coupon.
        coupon: Option<String>,
        /// IP address of the customer.
        ip: Option<String>,
    },
    /// Refunds the payment of a line of an order, and cancels its subscription.
    Refund {
        /// Order id.
        order: u64,
        /// Id of the line.
        line: u64,
    },
    /// Cancels a subscription.
    Cancel {
        /// Subscription id.
        subscription: u64,
        /// When it ends.
        ending: Ending,
    },
    /// Makes the next payment of a subscription.
    Pay {
        /// Subscription id.
        subscription: u64,
    },
    /// Fails the next payment of a subscription.
    FailPayment {
        /// Subscription id.
        subscription: u64,
    },
    /// Gives access to a course. If the contact has access, only its type changes.
    Enroll {
        /// Contact id.
        contact: u64,
        /// Course id.
        course: u64,
        /// How much of the course is open.
        access_type: AccessType,
        /// Ids of the modules that are open, if the access is partial.
        modules: Vec<u64>,
    },
    /// Gives access to a bundle and its courses.
    GrantBundle {
        /// Contact id.
        contact: u64,
        /// Bundle id.
        bundle: u64,
        /// How much of each course is open.
        access_type: AccessType,
    },
    /// Gives access to a community.
    Join {
        /// Contact id.
        contact: u64,
        /// Community id.
        community: u64,
    },
    /// Starts a campaign.
    SubscribeCampaign {
        /// Contact id.
        contact: u64,
        /// Campaign id.
        campaign: u64,
    },
    /// Stops a campaign.
    UnsubscribeCampaign {
        /// Contact id.
        contact: u64,
        /// Campaign id.
        campaign: u64,
    },
    /// Sends the last e-mail of a campaign.
    FinishCampaign {
        /// Contact id.
        contact: u64,
        /// Campaign id.
        campaign: u64,
    },
    /// Registers for a webinar.
    RegisterWebinar {
        /// Contact id.
        contact: u64,
        /// Webinar id.
        webinar: u64,
        /// Time of the session.
        scheduled_at: Timestamp,
    },
    /// Opens a page of a funnel.
    VisitPage {
        /// Contact id.
        contact: u64,
        /// Id of the funnel step.
        step: u64,
    },
    /// Clicks a link in an e-mail.
    ClickLink {
        /// Contact id.
        contact: u64,
        /// E-mail id.
        email: u64,
    },
}

impl Change {
    /// Makes the change that creates a contact with nothing but an address.
    #[must_use]
    pub fn create_contact(email: &str) -> Self {
        Self::CreateContact {
            email: email.to_owned(),
            locale: None,
            fields: BTreeMap::new(),
            source_url: None,
        }
    }
}

/// When a cancelled subscription ends.
///
/// ```
/// use siohook_sandbox::state::{Change, Ending};
///
/// let (subscription, ending) = (9, Ending::WhenBillingPeriodEnds);
/// let cancel = Change::Cancel { subscription, ending };
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// At once.
    #[default]
    #[serde(alias = "Now")]
    Now,
    /// When the paid period ends.
    #[serde(alias = "WhenBillingPeriodEnds")]
    WhenBillingPeriodEnds,
}

/// What followed from a change.
#[derive(Clone, Debug)]
pub struct Applied {
    /// Id of what was created, or changed instead: the contact, the order, the enrolment or the
    /// membership.
    pub id: Option<u64>,
    /// Messages in the order in which they are sent.
    pub outgoing: Vec<Outgoing>,
    /// Rules and workflows that wait for such an event, but did not start.
    pub skipped: Vec<Skipped>,
}

impl State {
    /// Changes the account. Returns the messages that systeme.io would send.
    ///
    /// Rules and workflows can cause further changes, and those others, up to 20 deep and
    /// 1000 in all. They end earlier after 10,000 actions and messages.
    ///
    /// ```
    /// use siohook_sandbox::state::{Change, Rule, State, Tag};
    ///
    /// let mut account = State::new(7);
    /// let now = "2026-01-01T00:00:00+00:00".parse()?;
    /// let (tag, rule) = (account.ids.number(), account.ids.number());
    /// account.tags.insert(tag, Tag { id: tag, name: "VIP".to_owned(), created_at: now });
    /// account.rules.insert(rule, serde_json::from_str(
    ///     r#"{"id": 2, "trigger": {"type": "contact.tag.added"},
    ///         "actions": [{"type": "webhook", "url": "http://localhost:3000/systeme"}]}"#,
    /// )?);
    /// let contact = account.apply(Change::create_contact("jane@example.com"), now)?.id.unwrap();
    /// let added = account.apply(Change::AddTag { contact, tag }, now)?;
    /// assert_eq!(added.outgoing[0].sample.event(), "contact.tag.added");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the change names an object that does not exist, or is impossible. The account stays as
    /// it is.
    pub fn apply(&mut self, change: Change, now: Timestamp) -> Result<Applied, Refusal> {
        let mut run = Run::new(self, now);
        let id = run.change(change, 0)?;
        let (outgoing, skipped) = (run.finish(), run.skipped);
        Ok(Applied {
            id,
            outgoing,
            skipped,
        })
    }
}
