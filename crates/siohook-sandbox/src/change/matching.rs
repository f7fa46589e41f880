//! Which rules and workflows start when something happens.

use std::fmt;

use serde::Serialize;

use crate::state::{Automation, Condition, Kind, Rule, State, Trigger, Workflow};

/// A webhook, a rule or a workflow that did not get an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// What did not get it.
    pub by: Listener,
    /// Why.
    pub why: Why,
}

/// What can get an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Listener {
    /// An account webhook with its id.
    Webhook(String),
    /// A rule with its id.
    Rule(u64),
    /// A workflow with its id.
    Workflow(u64),
}

impl From<Automation> for Listener {
    fn from(automation: Automation) -> Self {
        match automation {
            Automation::Rule(id) => Self::Rule(id),
            Automation::Workflow(id) => Self::Workflow(id),
        }
    }
}

/// Why a webhook, a rule or a workflow did not get an event.
///
/// ```
/// use siohook_sandbox::state::Why;
///
/// assert_eq!(Why::Other("tag").to_string(), "the tag is another one");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// The trigger picks another object of this kind.
    Other(&'static str),
    /// The rule belongs to another funnel step.
    OtherStep,
    /// The webhook or the workflow is not active.
    Inactive,
    /// The webhook has not subscribed to the event, or the subscription is disabled.
    NotSubscribed,
    /// The rule or the workflow has no action "Send webhook".
    SendsNothing,
    /// The contact has started it 20 times, and the [limits](State::strict_limits) hold.
    TooOften,
    /// The contact is in 100 delays of workflows, so the workflow ended at its next one.
    TooManyDelays,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other(kind) => write!(f, "the {kind} is another one"),
            Self::OtherStep => f.write_str("the rule belongs to another step"),
            Self::Inactive => f.write_str("it is not active"),
            Self::NotSubscribed => f.write_str("it has no enabled subscription to the event"),
            Self::SendsNothing => f.write_str("it has no action \"Send webhook\""),
            Self::TooOften => f.write_str("the contact has started it 20 times"),
            Self::TooManyDelays => f.write_str("the contact is in 100 delays of workflows"),
        }
    }
}

/// Whether a rule or a workflow starts.
#[derive(Clone, Copy)]
pub(super) enum Verdict {
    Starts,
    Skipped(Why),
    /// It waits for another event.
    Unrelated,
}

impl State {
    pub(super) fn judge_rule(&self, rule: &Rule, kind: &Kind) -> Verdict {
        match self.judge(&rule.trigger, kind) {
            Verdict::Starts if rule.step.is_some() && rule.step != self.step_of(kind) => {
                Verdict::Skipped(Why::OtherStep)
            }
            verdict => verdict,
        }
    }

    /// A workflow starts if one of its triggers does.
    pub(super) fn judge_workflow(&self, workflow: &Workflow, kind: &Kind) -> Verdict {
        let triggers = workflow.triggers.iter();
        let verdicts = triggers.map(|trigger| self.judge(trigger, kind));
        let verdict = verdicts.reduce(|one, other| match (one, other) {
            (Verdict::Starts, _) | (_, Verdict::Unrelated) => one,
            (Verdict::Unrelated | Verdict::Skipped(_), _) => other,
        });
        match verdict.unwrap_or(Verdict::Unrelated) {
            Verdict::Starts if !workflow.active => Verdict::Skipped(Why::Inactive),
            verdict => verdict,
        }
    }

    fn judge(&self, trigger: &Trigger, kind: &Kind) -> Verdict {
        let (what, pick, id) = match (trigger, kind) {
            (Trigger::TagAdded { tag }, Kind::TagAdded(id))
            | (Trigger::TagRemoved { tag }, Kind::TagRemoved(id)) => ("tag", tag, Some(*id)),
            (Trigger::OptIn { page }, Kind::OptIn { page: id, .. })
            | (Trigger::PageVisited { page }, Kind::PageVisited(id)) => ("page", page, Some(*id)),
            (Trigger::Enrolled { course }, Kind::Enrolled { course: id, .. }) => {
                ("course", course, Some(*id))
            }
            (Trigger::BundleGranted { bundle }, Kind::BundleGranted { bundle: id, .. }) => {
                ("bundle", bundle, Some(*id))
            }
            (
                Trigger::WebinarRegistered { webinar },
                Kind::WebinarRegistered { webinar: id, .. },
            ) => ("webinar", webinar, Some(*id)),
            (Trigger::CampaignFinished { campaign }, Kind::CampaignFinished(id)) => {
                ("campaign", campaign, Some(*id))
            }
            (Trigger::LinkClicked { email }, Kind::LinkClicked(id)) => ("e-mail", email, Some(*id)),
            (Trigger::Sale { price_plan }, Kind::Sale { order, line }) => {
                let line = self.order_line(*order, *line);
                ("price plan", price_plan, line.map(|(_, line)| line.plan.id))
            }
            (Trigger::PaymentFailed {}, Kind::PaymentFailed) => return Verdict::Starts,
            _ => return Verdict::Unrelated,
        };
        if pick.is_none() || *pick == id {
            Verdict::Starts
        } else {
            Verdict::Skipped(Why::Other(what))
        }
    }

    /// The funnel step on which it happened.
    fn step_of(&self, kind: &Kind) -> Option<u64> {
        match kind {
            Kind::OptIn { page, .. } | Kind::PageVisited(page) => Some(*page),
            Kind::Sale { order, .. } => self.orders.get(order)?.step,
            Kind::WebinarRegistered { webinar, .. } => Some(self.webinars.get(webinar)?.step),
            _ => None,
        }
    }

    pub(super) fn holds(&self, condition: Condition, contact: u64) -> bool {
        let Some(person) = self.contacts.get(&contact) else {
            return false;
        };
        match condition {
            Condition::Tag(tag) => person.tags.contains(&tag),
            Condition::Campaign(campaign) => person.campaigns.contains(&campaign),
            Condition::Course(course) => self
                .enrolments
                .values()
                .any(|one| one.contact == contact && one.course == course && one.active),
        }
    }
}
