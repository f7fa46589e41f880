//! Rules and workflows.

use std::time::Duration;

use siohook_events::Timestamp;

use super::Change;
use super::matching::{Listener, Skipped, Verdict, Why};
use super::run::{Run, Task};
use crate::Source;
use crate::state::{Action, Automation, Happening, Journey, Performed, Waiting, WorkflowStep};

/// Time for which performed actions are kept: 30 days.
pub(crate) const HISTORY: Duration = Duration::from_secs(30 * 86_400);

/// A contact is in this many delays at most. Each of them keeps the steps behind it.
const MOST_WAITING: usize = 100;

impl Run<'_> {
    /// Starts the rules of the step, those of the account, and the workflows, in this order.
    pub(super) fn start_automations(&mut self, happening: &Happening, depth: u32) {
        let rules = self.state.rules.values().cloned();
        let (of_steps, of_account): (Vec<_>, Vec<_>) = rules.partition(|rule| rule.step.is_some());
        for rule in of_steps.into_iter().chain(of_account) {
            let by = Automation::Rule(rule.id);
            let verdict = self.state.judge_rule(&rule, &happening.kind);
            if self.starts(by, happening.contact, verdict) {
                for action in rule.actions {
                    self.act(by, happening, action, depth);
                }
            }
        }
        let workflows: Vec<_> = self.state.workflows.values().cloned().collect();
        for workflow in workflows {
            let verdict = self.state.judge_workflow(&workflow, &happening.kind);
            if self.starts(
                Automation::Workflow(workflow.id),
                happening.contact,
                verdict,
            ) {
                self.travel(Journey {
                    workflow: workflow.id,
                    trigger: happening.clone(),
                    steps: workflow.steps.into(),
                    depth,
                });
            }
        }
    }

    fn starts(&mut self, by: Automation, contact: u64, mut verdict: Verdict) -> bool {
        if matches!(verdict, Verdict::Starts) && self.state.strict_limits {
            let (Automation::Rule(id) | Automation::Workflow(id)) = by;
            let usage = self.state.usage.entry(contact).or_default();
            if usage.is_over_at_start(id) {
                verdict = Verdict::Skipped(Why::TooOften);
            }
        }
        if let Verdict::Skipped(why) = verdict {
            let by = by.into();
            self.skipped.push(Skipped { by, why });
        }
        matches!(verdict, Verdict::Starts)
    }

    /// Performs the steps of a workflow up to a delay or to a change of the account.
    pub(super) fn travel(&mut self, mut journey: Journey) {
        while let Some(step) = journey.steps.pop_front() {
            match step {
                WorkflowStep::Delay { seconds } => {
                    return self.wait(Duration::from_secs(seconds), journey);
                }
                WorkflowStep::Decision { r#if, yes, no } => {
                    let holds = self.state.holds(r#if, journey.trigger.contact);
                    let path = if holds { yes } else { no };
                    for step in path.into_iter().rev() {
                        journey.steps.push_front(step);
                    }
                }
                WorkflowStep::Action(action) => {
                    let by = Automation::Workflow(journey.workflow);
                    let is_change = self.act(by, &journey.trigger, action, journey.depth);
                    // The next step sees the change.
                    if is_change {
                        return self.later(Task::Journey(journey));
                    }
                }
            }
        }
    }

    fn wait(&mut self, delay: Duration, journey: Journey) {
        let contact = journey.trigger.contact;
        let waiting = self.state.waiting.iter();
        let others = waiting.filter(|one| one.journey.trigger.contact == contact);
        if others.count() >= MOST_WAITING {
            let (by, why) = (Listener::Workflow(journey.workflow), Why::TooManyDelays);
            self.skipped.push(Skipped { by, why });
        } else if let Some(until) = self.now.checked_add(delay) {
            self.state.waiting.push(Waiting { until, journey });
        }
    }

    /// Performs an action. Returns whether it is a change of the account, which comes later.
    fn act(&mut self, by: Automation, trigger: &Happening, action: Action, depth: u32) -> bool {
        let (at, contact) = (self.now, trigger.contact);
        if !self.state.contacts.contains_key(&contact) {
            return false;
        }
        self.actions += 1;
        self.remember(Performed {
            at,
            contact,
            by,
            action: action.clone(),
        });
        let change = match action {
            Action::Webhook { url } => {
                let source = match by {
                    Automation::Rule(rule) => Source::Rule { rule, url },
                    Automation::Workflow(workflow) => Source::Workflow { workflow, url },
                };
                self.call(source, trigger);
                return false;
            }
            Action::Email { .. } => return false,
            Action::AddTag { tag } => Change::AddTag { contact, tag },
            Action::RemoveTag { tag } => Change::RemoveTag { contact, tag },
            Action::Enroll {
                course,
                access_type,
            } => Change::Enroll {
                contact,
                course,
                access_type,
                modules: vec![],
            },
            Action::GrantBundle {
                bundle,
                access_type,
            } => Change::GrantBundle {
                contact,
                bundle,
                access_type,
            },
            Action::SubscribeCampaign { campaign } => {
                Change::SubscribeCampaign { contact, campaign }
            }
            Action::UnsubscribeCampaign { campaign } => {
                Change::UnsubscribeCampaign { contact, campaign }
            }
            Action::Community { community } => Change::Join { contact, community },
        };
        self.later(Task::Change(change, depth.saturating_add(1)));
        true
    }

    fn remember(&mut self, performed: Performed) {
        let is_old = |at: Timestamp| at.checked_add(HISTORY).is_some_and(|end| end < self.now);
        let history = &mut self.state.history;
        let old = history.iter().take_while(|one| is_old(one.at)).count();
        history.drain(..old);
        history.push(performed);
    }
}
