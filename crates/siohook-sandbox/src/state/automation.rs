mod step;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use siohook_events::Timestamp;

use super::{AccessType, Happening};

/// Rule: what is done when something happens.
///
/// ```
/// use siohook_sandbox::state::Rule;
///
/// let rule: Rule = serde_json::from_str(
///     r#"{"id": 7, "step": 3, "trigger": {"type": "contact.optin.completed"},
///         "actions": [{"type": "webhook", "url": "http://localhost:3000/systeme"},
///                     {"type": "add_tag", "tag": 2}]}"#,
/// )?;
/// assert_eq!(rule.actions.len(), 2);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Rule id.
    pub id: u64,
    /// Id of the funnel step that it belongs to. `None` for a rule of the account.
    #[serde(default)]
    pub step: Option<u64>,
    /// What must happen.
    pub trigger: Trigger,
    /// What is done then, in order.
    pub actions: Vec<Action>,
}

/// Workflow: a rule with delays and decisions.
///
/// ```
/// use siohook_sandbox::state::Workflow;
///
/// let workflow: Workflow = serde_json::from_str(
///     r#"{"id": 8, "name": "Welcome", "active": true,
///         "triggers": [{"type": "contact.tag.added", "tag": 2}],
///         "steps": [{"type": "delay", "seconds": 60},
///                   {"type": "webhook", "url": "http://localhost:3000/systeme"}]}"#,
/// )?;
/// assert!(workflow.active);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workflow {
    /// Workflow id.
    pub id: u64,
    /// Name that the owner chose.
    pub name: String,
    /// Whether it runs.
    pub active: bool,
    /// What must happen: one of these.
    pub triggers: Vec<Trigger>,
    /// What is done then, in order.
    pub steps: Vec<WorkflowStep>,
}

/// What must happen for a rule or a workflow. Without an id, it is any object of its kind.
///
/// ```
/// use siohook_sandbox::state::Trigger;
///
/// let trigger: Trigger = serde_json::from_str(r#"{"type": "contact.tag.added", "tag": 2}"#)?;
/// assert_eq!(trigger, Trigger::TagAdded { tag: Some(2) });
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum Trigger {
    /// A contact gets a tag.
    #[serde(rename = "contact.tag.added")]
    TagAdded {
        /// Tag id.
        tag: Option<u64>,
    },
    /// A contact loses a tag.
    #[serde(rename = "contact.tag.removed")]
    TagRemoved {
        /// Tag id.
        tag: Option<u64>,
    },
    /// A contact fills in the form of a page.
    #[serde(rename = "contact.optin.completed")]
    OptIn {
        /// Id of the funnel step or of the blog page.
        page: Option<u64>,
    },
    /// A customer buys something.
    #[serde(rename = "customer.sale.completed")]
    Sale {
        /// Price plan id.
        price_plan: Option<u64>,
    },
    /// A contact gets access to a course.
    #[serde(rename = "contact.course.enrolled")]
    Enrolled {
        /// Course id.
        course: Option<u64>,
    },
    /// A contact gets access to a bundle of courses.
    #[serde(rename = "contact.course_bundle.enrolled")]
    BundleGranted {
        /// Bundle id.
        bundle: Option<u64>,
    },
    /// A contact registers for a webinar.
    #[serde(rename = "contact.webinar.registered")]
    WebinarRegistered {
        /// Webinar id.
        webinar: Option<u64>,
    },
    /// A contact gets the last e-mail of a campaign.
    #[serde(rename = "contact.campaign.finished")]
    CampaignFinished {
        /// Campaign id.
        campaign: Option<u64>,
    },
    /// A contact opens a page of a funnel.
    #[serde(rename = "contact.page.visited")]
    PageVisited {
        /// Id of the funnel step.
        page: Option<u64>,
    },
    /// A contact clicks a link in an e-mail.
    #[serde(rename = "contact.email_link.clicked")]
    LinkClicked {
        /// E-mail id.
        email: Option<u64>,
    },
    /// A payment of a subscription fails.
    #[serde(rename = "subscription.payment.failed")]
    PaymentFailed {},
}

/// What a rule or a workflow does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// Sends a webhook.
    Webhook {
        /// Destination.
        url: String,
    },
    /// Adds a tag.
    AddTag {
        /// Tag id.
        tag: u64,
    },
    /// Removes a tag.
    RemoveTag {
        /// Tag id.
        tag: u64,
    },
    /// Gives access to a course.
    Enroll {
        /// Course id.
        course: u64,
        /// How much of the course is open.
        #[serde(default)]
        access_type: AccessType,
    },
    /// Gives access to a bundle of courses.
    GrantBundle {
        /// Bundle id.
        bundle: u64,
        /// How much of each course is open.
        #[serde(default)]
        access_type: AccessType,
    },
    /// Starts a campaign.
    SubscribeCampaign {
        /// Campaign id.
        campaign: u64,
    },
    /// Stops a campaign.
    UnsubscribeCampaign {
        /// Campaign id.
        campaign: u64,
    },
    /// Gives access to a community.
    Community {
        /// Community id.
        community: u64,
    },
    /// Sends an e-mail. The sandbox only writes it into the [history](super::State::history).
    Email {
        /// E-mail id.
        email: u64,
    },
}

impl Action {
    /// The URL of the action "Send webhook".
    pub(crate) fn url(&self) -> Option<&str> {
        match self {
            Self::Webhook { url } => Some(url),
            _ => None,
        }
    }
}

/// Step of a workflow.
///
/// ```
/// use siohook_sandbox::state::{Action, Condition, WorkflowStep};
///
/// let steps: Vec<WorkflowStep> = serde_json::from_str(
///     r#"[{"type": "delay", "seconds": 60},
///         {"type": "decision", "if": {"tag": 2}, "yes": [{"type": "add_tag", "tag": 3}], "no": []}]"#,
/// )?;
/// assert_eq!(steps[0], WorkflowStep::Delay { seconds: 60 });
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum WorkflowStep {
    /// Waits.
    Delay {
        /// Length in seconds.
        seconds: u64,
    },
    /// Chooses between two paths.
    Decision {
        /// Whether the contact takes the first path.
        r#if: Condition,
        /// The first path.
        yes: Vec<WorkflowStep>,
        /// The other path.
        no: Vec<WorkflowStep>,
    },
    /// Does something.
    #[serde(untagged)]
    Action(Action),
}

impl WorkflowStep {
    /// Adds the URLs of all steps "Send webhook", those of both paths of a decision included.
    pub(crate) fn collect_urls<'a>(steps: &'a [Self], urls: &mut Vec<&'a str>) {
        for step in steps {
            match step {
                Self::Delay { .. } => {}
                Self::Decision { yes, no, .. } => {
                    Self::collect_urls(yes, urls);
                    Self::collect_urls(no, urls);
                }
                Self::Action(action) => urls.extend(action.url()),
            }
        }
    }
}

/// What a decision asks about a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Has the tag of this id.
    Tag(u64),
    /// Has access to the course of this id.
    Course(u64),
    /// Receives the campaign of this id.
    Campaign(u64),
}

/// A rule or a workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Automation {
    /// A rule with its id.
    Rule(u64),
    /// A workflow with its id.
    Workflow(u64),
}

/// An action that was performed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Performed {
    /// Time of the action.
    pub at: Timestamp,
    /// Contact id.
    pub contact: u64,
    /// Rule or workflow of the action.
    pub by: Automation,
    /// The action.
    pub action: Action,
}

/// A contact on the way through a workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Journey {
    pub(crate) workflow: u64,
    pub(crate) trigger: Happening,
    /// The steps that are left.
    pub(crate) steps: VecDeque<WorkflowStep>,
    /// Number of changes of the account that led to it.
    pub(crate) depth: u32,
}

/// A journey in a delay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Waiting {
    pub(crate) until: Timestamp,
    pub(crate) journey: Journey,
}
