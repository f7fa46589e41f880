//! What an operator reads and changes in a store, while workers use it.

use std::path::Path;
use std::sync::Arc;

use siohook::event::{EventPattern, PatternError};

use super::{DeliveryId, Millis, Result, Retention, Stored, Swept};
use crate::InboxError;
use crate::dead_letter::DeadLetter;
use crate::dead_reason::DeadReason;
use crate::operator::{DeliverySummary, State};
use crate::stats::Stats;

/// Tables of deliveries and runs, seen by an operator, who is no worker.
///
/// Reads hold up no worker, or one for about 10 milliseconds at a time if both share a connection. A
/// change is a transaction that ends after a few milliseconds, with whatever it has done until then,
/// so long changes are made of many calls. What was read before a change may have changed since: each
/// change looks again.
pub(crate) trait Records: Send {
    /// Whether it can't be used any more, and has to be opened anew.
    fn has_ended(&self) -> bool {
        false
    }

    /// Counts the whole store.
    fn stats(&mut self, now: Millis) -> Result<Stats>;

    /// Counts the runs that are done, by all runs there are.
    fn count_done(&mut self) -> Result<u64>;

    /// Reads deliveries, newest first.
    fn deliveries(&mut self, query: &DeliveryQuery, limit: usize) -> Result<Vec<DeliverySummary>>;

    /// Reads a delivery.
    fn delivery(&mut self, id: DeliveryId) -> Result<Option<(DeliverySummary, Stored)>>;

    /// Reads dead letters, newest delivery first. Those of one delivery are not cut apart, so there
    /// can be more than `limit`.
    fn letters(&mut self, query: &DeadQuery, limit: usize) -> Result<Vec<DeadLetter>>;

    /// Reads the dead runs behind one, oldest first.
    fn dead_runs(
        &mut self,
        query: &DeadQuery,
        after: Option<&RunId>,
        limit: usize,
    ) -> Result<Vec<RunId>>;

    /// Reads the runs of a handler in all states, of deliveries with an id above `after`.
    fn runs_of(&mut self, handler: &str, after: DeliveryId, limit: usize) -> Result<Vec<RunId>>;

    /// Reads some deliveries that have a body and an id above `after`, oldest first. `None` stands
    /// for one that can't be read, because it was changed by hand.
    fn bodies(&mut self, after: DeliveryId) -> Result<Vec<(DeliveryId, Option<Stored>)>>;

    /// Changes runs, the first ones first.
    fn change(&mut self, now: Millis, runs: &[(RunId, Change)]) -> Result<Changed>;

    /// Erases bodies, texts of errors and parameters of URLs, and ends runs that are open as dead.
    fn erase(&mut self, now: Millis, deliveries: &[DeliveryId]) -> Result<ErasedBatch>;

    /// Makes sure that nothing erased is left in the files.
    fn wipe(&mut self) -> Result<()>;

    /// Adds runs to a delivery that has a body, for handlers that have none there. Returns how many
    /// were added, or `None` if there is no such delivery or body any more.
    fn add_runs(
        &mut self,
        now: Millis,
        delivery: DeliveryId,
        handlers: &[String],
    ) -> Result<Option<u64>>;

    /// Erases and deletes what is not kept, as [`Store::sweep`](super::Store::sweep) does.
    fn sweep(&mut self, now: Millis, retention: &Retention, after: DeliveryId) -> Result<Swept>;

    /// Writes a copy of the whole store into a new file.
    fn backup(&mut self, to: &Path) -> std::result::Result<(), InboxError>;
}

/// A run, whatever its attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RunId {
    pub(crate) delivery: DeliveryId,
    pub(crate) handler: Box<str>,
}

/// What an operator makes of a run. It is left alone if it is not what it has to be.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// One that is dead, and whose delivery has a body, waits as a new one.
    Retry { due: Millis },
    /// One that is done, and whose delivery has a body, waits as a new one.
    Again,
    /// One that is dead is `purged`.
    Purge,
    /// One that waits is dead, `purged`.
    GiveUp,
    /// One that is not in progress gets another handler, unless that one has a run there. If it was
    /// put off as an orphan, it is due.
    Rename(Arc<str>),
}

/// How far a change came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changed {
    /// The first ones that were dealt with: at least one.
    pub(crate) taken: usize,
    /// Those of them that were changed.
    pub(crate) changed: u64,
}

/// How far [`Records::erase`] came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ErasedBatch {
    pub(crate) deliveries: Changed,
    /// Runs that were open.
    pub(crate) runs_stopped: u64,
}

/// Which deliveries, or which dead letters.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    pub(crate) event: Option<EventFilter>,
    pub(crate) handler: Option<String>,
    /// Of deliveries, when they were received. Of dead letters, when they died.
    pub(crate) since: Millis,
    pub(crate) before: Millis,
    /// Of deliveries with a lower id.
    pub(crate) below: DeliveryId,
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            event: None,
            handler: None,
            since: Millis::MIN,
            before: Millis::MAX,
            below: DeliveryId::MAX,
        }
    }
}

impl Filter {
    pub(crate) fn has_event(&self, name: &str) -> bool {
        self.event.as_ref().is_none_or(|event| event.matches(name))
    }

    /// Changes its texts.
    #[cfg(feature = "postgres")]
    pub(crate) fn map(&self, text: impl Fn(&str) -> String) -> Self {
        Self {
            event: self
                .event
                .as_ref()
                .map(|it| EventFilter(text(&it.0).into())),
            handler: self.handler.as_deref().map(&text),
            ..self.clone()
        }
    }

    pub(crate) fn has_time(&self, time: Millis) -> bool {
        (self.since..self.before).contains(&time)
    }

    pub(crate) fn has_handler(&self, id: &str) -> bool {
        self.handler.as_ref().is_none_or(|handler| handler == id)
    }
}

/// A name of an event, or a pattern.
#[derive(Clone, Debug)]
pub(crate) struct EventFilter(Box<str>);

impl EventFilter {
    pub(crate) fn parse(text: &str) -> std::result::Result<Self, PatternError> {
        EventPattern::parse(text).map(|_| Self(text.into()))
    }

    fn matches(&self, name: &str) -> bool {
        EventPattern::parse(&self.0).is_ok_and(|pattern| pattern.matches(name))
    }
}

/// Which deliveries.
#[derive(Clone, Debug, Default)]
pub(crate) struct DeliveryQuery {
    pub(crate) filter: Filter,
    /// With a run in this state, which is one of the handler if the filter names one.
    pub(crate) state: Option<State>,
}

impl DeliveryQuery {
    /// Whether a delivery has a run that it needs.
    pub(crate) fn has_run(&self, delivery: &DeliverySummary) -> bool {
        if self.state.is_none() && self.filter.handler.is_none() {
            return true;
        }
        delivery.runs.iter().any(|run| {
            let has_state = self.state.is_none_or(|state| state == run.state);
            has_state && !run.is_purged() && self.filter.has_handler(&run.handler)
        })
    }
}

/// Which dead letters. Those that are purged are none.
#[derive(Clone, Debug, Default)]
pub(crate) struct DeadQuery {
    pub(crate) filter: Filter,
    pub(crate) delivery: Option<DeliveryId>,
    pub(crate) reason: Option<DeadReason>,
    /// Only of deliveries that have a body.
    pub(crate) with_body: bool,
}

impl DeadQuery {
    /// The lowest and the highest id of a delivery.
    pub(crate) fn ids(&self) -> (DeliveryId, DeliveryId) {
        let last = self.filter.below.saturating_sub(1);
        match self.delivery {
            Some(id) => (id, id.min(last)),
            None => (DeliveryId::MIN, last),
        }
    }
}

/// How much a clock may have been wrong.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
const CLOCK: Millis = 24 * 60 * 60 * 1000;

/// Finds the lowest and the highest id of the deliveries that were received in the time of a filter,
/// and of some more. `last` is the highest id, and `received_from` finds the first delivery from an
/// id on, with its time.
///
/// It goes by halves, because there is no index of times: they rise with the ids, as long as the clock
/// is right.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) fn ids_of<E>(
    filter: &Filter,
    last: impl FnOnce() -> std::result::Result<Option<DeliveryId>, E>,
    mut received_from: impl FnMut(DeliveryId) -> std::result::Result<Option<(DeliveryId, Millis)>, E>,
) -> std::result::Result<(DeliveryId, DeliveryId), E> {
    let (since, before) = (filter.since, filter.before);
    let (mut first, mut end) = (DeliveryId::MIN, DeliveryId::MAX);
    if since > Millis::MIN || before < Millis::MAX {
        let behind = last()?.unwrap_or(0).max(0) + 1;
        let mut first_since = |time: Millis| {
            // The first one is not below `low`, and not above `high`.
            let (mut low, mut high) = (0, behind);
            while low < high {
                let middle = low + (high - low) / 2;
                match received_from(middle)? {
                    Some((id, received_at)) if received_at < time => low = id + 1,
                    _ => high = middle,
                }
            }
            Ok(low)
        };
        if since > Millis::MIN {
            first = first_since(since.saturating_sub(CLOCK))?;
        }
        if before < Millis::MAX {
            end = first_since(before.saturating_add(CLOCK))?;
        }
    }
    Ok((first, end.min(filter.below).saturating_sub(1)))
}
