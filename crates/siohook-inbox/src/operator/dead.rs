use std::fmt;
use std::time::Duration;

use siohook::Timestamp;

use super::Operator;
use super::batches::{PAGE, change_all};
use super::filter::Problems;
use crate::clock::{Millis, millis};
use crate::store::{Change, DeadQuery, Records, RunId};
use crate::{DeadLetter, DeadReason, InboxError};

impl Operator {
    /// Selects dead letters: all, until a method of [`DeadLetters`] leaves some out.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), siohook_inbox::InboxError> {
    /// for letter in inbox.dead().event("SALE_*").list(100).await? {
    ///     println!("{letter}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn dead(&self) -> DeadLetters {
        DeadLetters {
            operator: self.clone(),
            query: DeadQuery::default(),
            problems: Problems::default(),
            amount: Amount {
                spread: Duration::ZERO,
                at_most: u64::MAX,
                dry_run: false,
            },
        }
    }
}

/// Dead letters of a store, to be listed, retried or purged: see [`Operator::dead`].
///
/// Those that were purged are not among them.
///
/// ```
/// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::SystemTime;
///
/// use siohook_inbox::{DAY, HOUR, MINUTE};
///
/// // The school was closed for an hour.
/// let closed = SystemTime::now() - HOUR;
/// let letters = inbox.dead().handler("grant").since(closed).at_most(1000);
/// println!("{} would be retried", letters.clone().dry_run().retry().await?);
/// letters.spread(MINUTE * 10).retry().await?;
/// // These are given up.
/// inbox.dead().before(SystemTime::now() - DAY * 20).purge().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct DeadLetters {
    operator: Operator,
    query: DeadQuery,
    problems: Problems,
    amount: Amount,
}

/// How many letters are changed, and how fast.
#[derive(Clone, Debug)]
pub(crate) struct Amount {
    pub(crate) spread: Duration,
    /// The oldest ones.
    pub(crate) at_most: u64,
    /// They are counted only.
    pub(crate) dry_run: bool,
}

impl DeadLetters {
    /// Takes those of one delivery.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), Box<dyn std::error::Error>> {
    /// inbox.dead().delivery(7).retry().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn delivery(mut self, id: i64) -> Self {
        self.query.delivery = Some(id);
        self
    }

    /// Takes those of an event, or of a pattern such as `SALE_*`, `contact.*` or `*`, with the
    /// syntax of [`on_event`](siohook::on_event).
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), Box<dyn std::error::Error>> {
    /// inbox.dead().event("SALE_*").retry().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn event(mut self, pattern: impl AsRef<str>) -> Self {
        self.problems
            .event(&mut self.query.filter, pattern.as_ref());
        self
    }

    /// Takes those of one handler.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), Box<dyn std::error::Error>> {
    /// inbox.dead().handler("grant").retry().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn handler(mut self, id: impl Into<String>) -> Self {
        self.query.filter.handler = Some(id.into());
        self
    }

    /// Takes those that died for this reason.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), siohook_inbox::InboxError> {
    /// use siohook_inbox::DeadReason;
    ///
    /// // The arguments of a handler were corrected.
    /// inbox.dead().reason(DeadReason::Mismatch).retry().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn reason(mut self, reason: DeadReason) -> Self {
        self.query.reason = Some(reason);
        self
    }

    /// Takes those that died at this time or later. It is a [`Timestamp`], a
    /// [`SystemTime`](std::time::SystemTime), or what else converts to a `Timestamp`.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::SystemTime;
    ///
    /// let hour_ago = SystemTime::now() - siohook_inbox::HOUR;
    /// let newest = inbox.dead().since(hour_ago).list(100).await?;
    /// # let _ = newest;
    /// # Ok(())
    /// # }
    /// ```
    pub fn since(mut self, time: impl TryInto<Timestamp, Error: fmt::Display>) -> Self {
        self.problems.since(&mut self.query.filter, time);
        self
    }

    /// Takes those that died before this time.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), Box<dyn std::error::Error>> {
    /// let day: siohook::Timestamp = "2026-10-01T00:00:00Z".parse()?;
    /// inbox.dead().before(day).purge().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn before(mut self, time: impl TryInto<Timestamp, Error: fmt::Display>) -> Self {
        self.problems.before(&mut self.query.filter, time);
        self
    }

    /// Takes those of deliveries with a lower id: the next page is below the last id of the one
    /// before.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut page = inbox.dead().list(100).await?;
    /// while let Some(last) = page.last() {
    ///     page = inbox.dead().below(last.id()).list(100).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn below(mut self, id: i64) -> Self {
        self.query.filter.below = id;
        self
    }

    /// Lets [`retry`](Self::retry) spread the attempts evenly over this time, the oldest first, so
    /// that what they need is not overrun. Without it, all are due at once.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), Box<dyn std::error::Error>> {
    /// use siohook_inbox::MINUTE;
    ///
    /// inbox.dead().handler("grant").spread(MINUTE * 10).retry().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn spread(mut self, over: Duration) -> Self {
        self.amount.spread = over;
        self
    }

    /// Lets [`retry`](Self::retry) and [`purge`](Self::purge) take the oldest so many only.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), Box<dyn std::error::Error>> {
    /// // One, to see whether it works now.
    /// inbox.dead().handler("grant").at_most(1).retry().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn at_most(mut self, at_most: u64) -> Self {
        self.amount.at_most = at_most;
        self
    }

    /// Lets [`retry`](Self::retry) and [`purge`](Self::purge) change nothing, and return how many
    /// they would change.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), Box<dyn std::error::Error>> {
    /// let runs = inbox.dead().handler("grant").dry_run().retry().await?;
    /// println!("{runs} runs would be tried again");
    /// # Ok(())
    /// # }
    /// ```
    pub fn dry_run(mut self) -> Self {
        self.amount.dry_run = true;
        self
    }

    /// Reads at most `limit` letters, newest delivery first. All letters of the last delivery are
    /// read, so there can be a few more.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), Box<dyn std::error::Error>> {
    /// for letter in inbox.dead().list(100).await? {
    ///     println!("{letter}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The pattern or a time is wrong.
    pub async fn list(self, limit: usize) -> Result<Vec<DeadLetter>, InboxError> {
        self.problems.check()?;
        let query = self.query;
        self.operator
            .ask(move |records, _| Ok(records.letters(&query, limit)?))
            .await
    }

    /// Lets the runs wait for their first attempt again, as if they were new. Returns how many.
    ///
    /// Those whose body was erased can't run again, and stay dead.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), Box<dyn std::error::Error>> {
    /// let runs = inbox.dead().handler("grant").retry().await?;
    /// println!("{runs} runs are tried again");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The pattern or a time is wrong.
    pub async fn retry(mut self) -> Result<u64, InboxError> {
        self.query.with_body = true;
        self.change(|due| Change::Retry { due }).await
    }

    /// Gives the runs up. Returns how many. They are dead as
    /// [`purged`](DeadReason::Purged), neither listed nor counted any more, and the texts of their
    /// errors are erased. Their bodies are kept no longer than those of runs that are done.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), Box<dyn std::error::Error>> {
    /// let runs = inbox.dead().handler("greet").purge().await?;
    /// println!("{runs} runs are given up");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The pattern or a time is wrong.
    pub async fn purge(self) -> Result<u64, InboxError> {
        self.change(|_| Change::Purge).await
    }

    /// Changes the runs. `change` is given when each is due.
    async fn change(
        self,
        change: impl Fn(Millis) -> Change + Send + 'static,
    ) -> Result<u64, InboxError> {
        let Self {
            operator,
            query,
            problems,
            amount,
        } = self;
        problems.check()?;
        operator
            .ask(move |records, shared| {
                change_letters(records, shared.clock.now(), &query, &amount, change)
            })
            .await
    }
}

/// Changes dead runs, the oldest first. `change` is given when each is due. Returns how many were
/// changed.
pub(crate) fn change_letters(
    records: &mut dyn Records,
    now: Millis,
    query: &DeadQuery,
    amount: &Amount,
    change: impl Fn(Millis) -> Change,
) -> Result<u64, InboxError> {
    let (at_most, spread) = (amount.at_most, millis(amount.spread));
    let mut of = 0;
    if amount.dry_run || spread > 0 {
        let count = |_: &mut dyn Records, page: Vec<RunId>| Ok(page.len() as u64);
        of = each_page(records, query, at_most, count)?;
    }
    if amount.dry_run {
        return Ok(of);
    }
    let mut at = 0;
    each_page(records, query, at_most, |records, page| {
        let numbered = (at..).zip(page);
        let due = |at| now.saturating_add(share(spread, at, of));
        let runs = numbered.map(|(at, run)| (run, change(due(at))));
        let changed = change_all(records, now, &runs.collect::<Vec<_>>())?;
        at += changed;
        Ok(changed)
    })
}

/// Goes through dead runs, page by page, until `visit` counted enough.
fn each_page(
    records: &mut dyn Records,
    query: &DeadQuery,
    at_most: u64,
    mut visit: impl FnMut(&mut dyn Records, Vec<RunId>) -> Result<u64, InboxError>,
) -> Result<u64, InboxError> {
    let (mut counted, mut after) = (0, None);
    while counted < at_most {
        let room = usize::try_from(at_most - counted).unwrap_or(PAGE);
        let page = records.dead_runs(query, after.as_ref(), room.min(PAGE))?;
        after = page.last().cloned();
        if after.is_none() {
            break;
        }
        counted += visit(records, page)?;
    }
    Ok(counted)
}

/// A part of a time: that of the run `at`, of so many.
fn share(time: Millis, at: u64, of: u64) -> Millis {
    let share = i128::from(time) * i128::from(at.min(of)) / i128::from(of.max(1));
    Millis::try_from(share).unwrap_or(time)
}

impl fmt::Debug for DeadLetters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeadLetters")
            .field("query", &self.query)
            .field("amount", &self.amount)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_even_and_never_overflow() {
        let shares = [0, 1, 2, 3, 4].map(|at| share(600, at, 3));
        assert_eq!(shares, [0, 200, 400, 600, 600]);
        assert_eq!(share(Millis::MAX, u64::MAX, u64::MAX), Millis::MAX);
        assert_eq!(share(600, 5, 0), 0, "without a spread nothing is counted");
    }
}
