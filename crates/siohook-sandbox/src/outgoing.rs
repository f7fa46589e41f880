use std::fmt;

use serde::{Deserialize, Serialize};
use siohook_sender::Sample;

/// A message that a change of the account causes, before it has a destination.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// What sends it.
    pub source: Source,
    /// Event, body, time and message id. It gets the id of the subscription, and its signature or
    /// its token, when it is sent.
    pub sample: Sample,
    /// Contact that it is about.
    pub contact: Option<u64>,
}

/// The part of the account that sends a message, and knows where to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Source {
    /// An account webhook.
    Webhook {
        /// Id of the webhook.
        webhook: String,
        /// Id of its subscription to the event.
        subscription: String,
    },
    /// The action "Send webhook" of a rule.
    Rule {
        /// Id of the rule.
        rule: u64,
        /// URL of the action.
        url: String,
    },
    /// The step "Send webhook" of a workflow.
    Workflow {
        /// Id of the workflow.
        workflow: u64,
        /// URL of the step.
        url: String,
    },
    /// A request for a message to a URL of its own.
    Direct {
        /// The URL.
        url: String,
        /// Whether the message is signed with a secret. If not, it has a token in its URL.
        is_signed: bool,
        /// The secret or the token. `None` for that of the sandbox.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<Key>,
    },
}

/// The secret or the token of a message to a URL of its own. `Debug` does not show it.
///
/// ```
/// use siohook_sandbox::Key;
///
/// let key = Key("correct horse battery staple".to_owned());
/// assert_eq!(format!("{key:?}"), "Key(..)");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(pub String);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Key").finish_non_exhaustive()
    }
}
