//! What lists say of the deliveries. A file is read again when it has changed.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde_json::{Value, json};
use siohook::Reason;
use siohook::explain::{Explainer, Explanation};

use super::change::Change;
use crate::Failure;
use crate::deliveries::summary::{Attempts, Summary};
use crate::listen::happening::Verdict;
use crate::store::{Entry, Exchange, Stamp, Store};
use crate::verify::incoming;

/// A delivery in a list.
#[derive(Serialize)]
pub(super) struct Row {
    #[serde(flatten)]
    pub(super) summary: Summary,
    /// The last answer of a receiver.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Value>,
    /// `None` if there is nothing to verify it with.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<Verdict>,
    #[serde(skip)]
    pub(super) entry: Entry,
    #[serde(skip)]
    pub(super) last: Option<Exchange>,
}

/// A delivery with the number of its attempt among those of its message.
#[derive(Serialize)]
pub(super) struct Listed {
    #[serde(flatten)]
    pub(super) row: Arc<Row>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<usize>,
}

/// What was read of each file.
pub(super) struct Index {
    store: Arc<Store>,
    explainer: Option<Explainer>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    rows: HashMap<PathBuf, (Stamp, Arc<Row>)>,
    /// Whether the store was read at all: what is new then is no change.
    is_read: bool,
    /// Ids of the deliveries that were found to be new, changed or gone.
    untold: HashSet<String>,
}

impl Row {
    pub(super) fn is_refused(&self) -> bool {
        self.verdict
            .as_ref()
            .is_some_and(|verdict| !verdict.trusted)
    }

    pub(super) fn is_failed(&self) -> bool {
        self.last.as_ref().is_some_and(|last| !last.is_good())
    }

    fn read(entry: Entry, explainer: Option<&Explainer>) -> Result<Self, Failure> {
        let capture = entry.read()?;
        let last = entry.deeds().last().cloned();
        let explanation = explainer.map(|explainer| explainer.explain(incoming(&capture)));
        Ok(Self {
            summary: Summary::new(&capture, Some(&entry), None),
            answer: last.as_ref().map(|last| {
                json!({
                    "status": last.status,
                    "outcome": last.outcome,
                    "error": last.error,
                    "elapsed_ms": last.elapsed_ms,
                })
            }),
            verdict: explanation.as_ref().and_then(verdict),
            entry,
            last,
        })
    }
}

/// `None` if there is nothing to verify it with.
fn verdict(explanation: &Explanation) -> Option<Verdict> {
    let is_checked = explanation.reason() != Some(Reason::NotConfigured);
    is_checked.then(|| Verdict::new(explanation))
}

impl Index {
    pub(super) fn new(store: Arc<Store>, explainer: Option<Explainer>) -> Self {
        Self {
            store,
            explainer,
            known: Mutex::default(),
        }
    }

    /// All deliveries that can be read, the oldest one first.
    pub(super) fn rows(&self) -> Result<Vec<Listed>, Failure> {
        let entries = self.store.contents()?.entries;
        let mut known = self.known();
        let is_first = !std::mem::replace(&mut known.is_read, true);
        let mut before = std::mem::take(&mut known.rows);
        let mut attempts = Attempts::default();
        let mut rows = Vec::with_capacity(entries.len());
        for entry in entries {
            let (path, stamp) = (entry.path.clone(), entry.stamp());
            let row = match before.remove(&path) {
                Some((old, row)) if old == stamp => row,
                _ => match Row::read(entry, self.explainer.as_ref()) {
                    Ok(row) => {
                        if !is_first {
                            known.untold.insert(row.entry.id.clone());
                        }
                        Arc::new(row)
                    }
                    // The command line names what is damaged.
                    Err(_) => continue,
                },
            };
            let attempt = attempts.next_of(row.summary.message_id.as_deref());
            known.rows.insert(path, (stamp, Arc::clone(&row)));
            rows.push(Listed { row, attempt });
        }
        let gone = before.into_values().map(|(_, row)| row.entry.id.clone());
        known.untold.extend(gone);
        Ok(rows)
    }

    /// Takes note that readers were told of these deliveries.
    pub(super) fn told(&self, ids: &BTreeSet<String>) {
        let mut known = self.known();
        for id in ids {
            known.untold.remove(id);
        }
    }

    /// A delivery of this file is gone, and readers are told.
    pub(super) fn forget(&self, entry: &Entry) {
        self.known().rows.remove(&entry.path);
    }

    /// What changed in the store without a word, for example by another process.
    pub(super) fn untold(&self) -> Result<Vec<Change>, Failure> {
        let rows = self.rows()?;
        let ids: HashSet<_> = rows.iter().map(|listed| &*listed.row.entry.id).collect();
        let untold = std::mem::take(&mut self.known().untold);
        let changes = untold.into_iter().map(|id| {
            if ids.contains(&*id) {
                Change::Delivery(id)
            } else {
                Change::Deleted(id)
            }
        });
        Ok(changes.collect())
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
