//! Reads the steps of a workflow.

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{Action, Condition, WorkflowStep};
use crate::strict::Node;

impl WorkflowStep {
    /// Decisions in decisions are read up to this depth.
    pub const DEEPEST: usize = 20;

    /// The types of steps, which include those of actions.
    const TYPES: &'static [&'static str] = &[
        "delay",
        "decision",
        "webhook",
        "add_tag",
        "remove_tag",
        "enroll",
        "grant_bundle",
        "subscribe_campaign",
        "unsubscribe_campaign",
        "community",
        "email",
    ];

    fn depth(&self) -> usize {
        let Self::Decision { yes, no, .. } = self else {
            return 0;
        };
        let below = yes.iter().chain(no).map(Self::depth).max();
        below.unwrap_or_default() + 1
    }
}

/// A step that is not an action.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Own {
    Delay {
        seconds: u64,
    },
    Decision {
        r#if: Condition,
        yes: Vec<WorkflowStep>,
        no: Vec<WorkflowStep>,
    },
}

impl From<Own> for WorkflowStep {
    fn from(step: Own) -> Self {
        match step {
            Own::Delay { seconds } => Self::Delay { seconds },
            Own::Decision { r#if, yes, no } => Self::Decision { r#if, yes, no },
        }
    }
}

/// The type decides how a step is read. An enum of serde's would try both ways, and could not
/// say what is wrong.
impl<'de> Deserialize<'de> for WorkflowStep {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let step = Value::deserialize(deserializer)?;
        let node = Node::new(&step);
        let step = match step.get("type").and_then(Value::as_str) {
            Some("delay" | "decision") => Own::deserialize(node).map(Self::from)?,
            Some(other) if !Self::TYPES.contains(&other) => {
                return Err(Error::unknown_variant(other, Self::TYPES));
            }
            _ => Action::deserialize(node).map(Self::Action)?,
        };
        let deepest = Self::DEEPEST;
        if step.depth() > deepest {
            return Err(Error::custom(format_args!(
                "decisions are nested more than {deepest} deep"
            )));
        }
        Ok(step)
    }
}
