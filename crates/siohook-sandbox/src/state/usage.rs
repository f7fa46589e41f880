use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use siohook_events::Timestamp;

/// A contact starts a rule or a workflow at most this often.
pub(crate) const STARTS: u32 = 20;

/// Time in which further clicks on links of an e-mail do not count.
pub(crate) const COOL_DOWN: Duration = Duration::from_secs(60);

/// What a contact has used up of the limits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Usage {
    /// Number of starts by the id of the rule or the workflow.
    starts: BTreeMap<u64, u32>,
    /// Time of the last click that counted by the id of the e-mail.
    clicks: BTreeMap<u64, Timestamp>,
}

impl Usage {
    /// Counts a start. Returns whether there were too many before.
    pub(crate) fn is_over_at_start(&mut self, automation: u64) -> bool {
        let starts = self.starts.entry(automation).or_default();
        *starts = starts.saturating_add(1);
        *starts > STARTS
    }

    /// Counts a click. Returns whether it follows another one too soon.
    pub(crate) fn is_over_at_click(&mut self, email: u64, now: Timestamp) -> bool {
        let last = self.clicks.get(&email);
        let end = last.and_then(|last| last.checked_add(COOL_DOWN));
        let is_over = end.is_some_and(|end| now < end);
        if !is_over {
            self.clicks.insert(email, now);
        }
        is_over
    }
}
