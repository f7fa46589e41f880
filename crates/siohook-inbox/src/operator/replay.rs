use std::future::IntoFuture;
use std::pin::Pin;

use super::batches::change_all;
use super::handlers::check_id;
use super::{Operator, RunSummary, State, not_stored};
use crate::InboxError;
use crate::store::{Change, DeliveryId, Millis, Records, RunId};

impl Operator {
    /// Selects a delivery to run handlers for that have no run, or again.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), siohook_inbox::InboxError> {
    /// // A new handler, over an old delivery.
    /// inbox.replay(7).handlers(["audit"]).await?;
    /// // Every handler that is done, once more.
    /// inbox.replay(7).again().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn replay(&self, id: i64) -> Replay {
        Replay {
            operator: self.clone(),
            id,
        }
    }
}

/// A delivery to run handlers for: see [`Operator::replay`].
///
/// ```
/// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), siohook_inbox::InboxError> {
/// let replay = inbox.replay(7);
/// println!("{} runs", replay.again().await?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "it does nothing unless `handlers` or `again` is awaited"]
pub struct Replay {
    operator: Operator,
    id: DeliveryId,
}

impl Replay {
    /// Selects handlers by their ids.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), Box<dyn std::error::Error>> {
    /// inbox.replay(7).handlers(["audit", "report"]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn handlers(self, ids: impl IntoIterator<Item = impl Into<String>>) -> ReplayHandlers {
        ReplayHandlers {
            replay: self,
            handlers: ids.into_iter().map(Into::into).collect(),
        }
    }

    /// Lets all runs that are done run again, as if they were new. Returns how many.
    ///
    /// It is the only way in which a run that is done runs again. The number of times is in
    /// [`RunSummary::replays`](crate::RunSummary::replays). The handler gets the same
    /// [`idempotency_key`](crate::Run::idempotency_key) as before, so what it protects does not
    /// happen again.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), Box<dyn std::error::Error>> {
    /// let runs = inbox.replay(7).again().await?;
    /// println!("{runs} handlers run again");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The delivery is not stored any more, or its body was erased.
    pub async fn again(self) -> Result<u64, InboxError> {
        self.operator
            .ask(move |records, shared| again(records, shared.clock.now(), self.id, |_| true))
            .await
    }
}

/// Handlers to run for a delivery: see [`Replay::handlers`].
///
/// Awaited, it gives each handler without a run a waiting one, and returns how many. Those that have
/// a run are left alone, whatever its state. A run whose handler no process links waits as an
/// [orphan](Operator::orphans), so look at the spelling; one whose handler does not listen to the
/// event becomes a dead letter.
///
/// ```
/// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), siohook_inbox::InboxError> {
/// // All sales that are still there, for a new handler.
/// let mut page = inbox.deliveries().event("SALE_NEW").list(100).await?;
/// while let Some(last) = page.last().map(|it| it.id()) {
///     for sale in page.iter().filter(|it| it.has_body()) {
///         inbox.replay(sale.id()).handlers(["audit"]).await?;
///     }
///     page = inbox.deliveries().event("SALE_NEW").below(last).list(100).await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "it does nothing unless it is awaited"]
pub struct ReplayHandlers {
    replay: Replay,
    handlers: Vec<String>,
}

impl ReplayHandlers {
    /// Lets those of the handlers whose runs are done run again, as [`Replay::again`] does.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), siohook_inbox::InboxError> {
    /// inbox.replay(7).handlers(["mail"]).again().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The delivery is not stored any more, or its body was erased.
    pub async fn again(self) -> Result<u64, InboxError> {
        let (Replay { operator, id }, handlers) = (self.replay, self.handlers);
        operator
            .ask(move |records, shared| {
                let is_chosen = |run: &str| handlers.iter().any(|handler| handler == run);
                again(records, shared.clock.now(), id, is_chosen)
            })
            .await
    }

    async fn add(self) -> Result<u64, InboxError> {
        let (Replay { operator, id }, handlers) = (self.replay, self.handlers);
        handlers.iter().try_for_each(|id| check_id(id))?;
        operator
            .ask(move |records, shared| {
                let added = records.add_runs(shared.clock.now(), id, &handlers)?;
                match added {
                    Some(added) => Ok(added),
                    None => Err(why_not(records, id)?),
                }
            })
            .await
    }
}

impl IntoFuture for ReplayHandlers {
    type Output = Result<u64, InboxError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.add())
    }
}

fn again(
    records: &mut dyn Records,
    now: Millis,
    id: DeliveryId,
    is_chosen: impl Fn(&str) -> bool,
) -> Result<u64, InboxError> {
    let found = records.delivery(id)?;
    let Some((delivery, _)) = found.filter(|(delivery, _)| delivery.has_body) else {
        return Err(why_not(records, id)?);
    };
    let is_done = |run: &&RunSummary| run.state == State::Done && is_chosen(&run.handler);
    let done = delivery.runs.iter().filter(is_done).map(|run| {
        let handler = run.handler.clone();
        let delivery = id;
        (RunId { delivery, handler }, Change::Again)
    });
    Ok(change_all(records, now, &done.collect::<Vec<_>>())?)
}

/// Why no handler can run for a delivery.
fn why_not(records: &mut dyn Records, id: DeliveryId) -> Result<InboxError, InboxError> {
    Ok(match records.delivery(id)? {
        None => not_stored(id),
        Some(_) => InboxError::Request(format!(
            "the body of delivery {id} was erased, so no handler can run for it"
        )),
    })
}
