//! Runs whose handler was renamed or removed.

use super::batches::{PAGE, change_all};
use super::{Operator, Shared};
use crate::store::{Change, DeliveryId, Records};
use crate::{HandlerStats, InboxError};

impl Operator {
    /// Returns the handlers with waiting runs that no process links, because they were renamed or
    /// removed. While no process has the store open, they are all handlers with waiting runs.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), siohook_inbox::InboxError> {
    /// for handler in inbox.orphans().await? {
    ///     println!("no process has `{}`: {} runs wait", handler.id(), handler.waiting());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The store can't be read.
    pub async fn orphans(&self) -> Result<Vec<HandlerStats>, InboxError> {
        let mut handlers = self.stats().await?.handlers;
        handlers.retain(HandlerStats::has_orphans);
        Ok(handlers)
    }

    /// Gives up the waiting runs of a handler that no process links. Returns how many. They are
    /// dead as [`purged`](crate::DeadReason::Purged), which is neither listed nor counted.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), siohook_inbox::InboxError> {
    /// inbox.purge_orphans("shop.newsletter").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// A process that is registered links the handler.
    pub async fn purge_orphans(&self, handler: impl Into<String>) -> Result<u64, InboxError> {
        let handler = handler.into();
        self.ask(move |records, shared| {
            let stats = records.stats(shared.clock.now())?;
            let is_linked = |found: &&HandlerStats| found.id() == handler && !found.is_orphan();
            if stats.handlers().iter().any(|it| is_linked(&it)) {
                return Err(InboxError::Request(format!(
                    "a process has the handler `{handler}`: stop it, or remove the handler from it"
                )));
            }
            change_runs_of(records, shared, &handler, &Change::GiveUp)
        })
        .await
    }

    /// Gives the runs of a handler to another one, in all states. Returns how many.
    ///
    /// Call it when the id of a handler was changed, and no process with the former id runs any
    /// more. A run in progress keeps its id, and so does one whose delivery has a run of the new
    /// handler already: a second one would do the same again.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), siohook_inbox::InboxError> {
    /// inbox.rename_handler("shop::handlers::grant", "shop.grant").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The new id is empty, or has a NUL.
    pub async fn rename_handler(
        &self,
        from: impl Into<String>,
        to: impl Into<String>,
    ) -> Result<u64, InboxError> {
        let (from, to) = (from.into(), to.into());
        check_id(&to)?;
        if from == to {
            return Ok(0);
        }
        self.ask(move |records, shared| {
            let rename = Change::Rename(to.into());
            change_runs_of(records, shared, &from, &rename)
        })
        .await
    }
}

/// Checks the id of a handler that gets runs.
pub(super) fn check_id(id: &str) -> Result<(), InboxError> {
    let is_possible = !id.is_empty() && !id.contains('\0');
    is_possible.then_some(()).ok_or_else(|| {
        let text = "a handler's id is not empty, and has no NUL";
        InboxError::Request(text.to_owned())
    })
}

/// Changes the runs of a handler, page by page.
fn change_runs_of(
    records: &mut dyn Records,
    shared: &Shared,
    handler: &str,
    change: &Change,
) -> Result<u64, InboxError> {
    let (mut changed, mut after) = (0, DeliveryId::MIN);
    loop {
        let page = records.runs_of(handler, after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(changed);
        };
        after = last.delivery;
        let runs = page.into_iter().map(|run| (run, change.clone()));
        changed += change_all(records, shared.clock.now(), &runs.collect::<Vec<_>>())?;
    }
}
