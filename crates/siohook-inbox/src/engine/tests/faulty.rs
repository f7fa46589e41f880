use std::sync::{Arc, Mutex};

use crate::stats::Stats;
use crate::store::{
    Accept, ClaimedDelivery, DeliveryId, Due, End, Millis, Others, Recorded, Result, Retention,
    Store, StoreError, StoreErrorKind, Swept, TakenBack, WorkerId,
};
use crate::sync::lock;

/// A store that fails when a test wants it to.
pub(super) struct Faulty {
    pub(super) store: Box<dyn Store>,
    pub(super) faults: Faults,
}

/// What fails. Clones share it.
#[derive(Clone, Default)]
pub(super) struct Faults(Arc<Mutex<Plan>>);

#[derive(Default)]
struct Plan {
    calls: Vec<&'static str>,
    fault: Option<Fault>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The call of this number fails once. The first is 0.
    Nth(usize),
    /// Every call of this name fails.
    Every(&'static str),
    /// The next commit is made, but its answer is an error.
    AfterCommit,
    /// The first row of the next group can't be stored.
    Row,
    /// Others may take this worker for one that ended.
    MayNotStart,
    /// The next commit takes so long that they may.
    StopsInCommit,
}

impl Faults {
    /// Makes calls fail from now on, and counts them anew.
    pub(super) fn set(&self, fault: Fault) {
        *lock(&self.0) = Plan {
            calls: vec![],
            fault: Some(fault),
        };
    }

    /// Lets everything succeed, and counts calls anew.
    pub(super) fn clear(&self) {
        *lock(&self.0) = Plan::default();
    }

    /// The names of the calls since then.
    pub(super) fn calls(&self) -> Vec<&'static str> {
        lock(&self.0).calls.clone()
    }

    fn call(&self, name: &'static str) -> Result<()> {
        let mut plan = lock(&self.0);
        let number = plan.calls.len();
        plan.calls.push(name);
        match plan.fault {
            Some(Fault::Nth(nth)) if nth == number => {}
            Some(Fault::Every(every)) if every == name => {}
            _ => return Ok(()),
        }
        Err(StoreError::unavailable(format!("`{name}` failed")))
    }

    /// Takes a fault that happens once.
    fn take(&self, fault: Fault) -> bool {
        lock(&self.0)
            .fault
            .take_if(|planned| *planned == fault)
            .is_some()
    }
}

impl Store for Faulty {
    fn worker(&self) -> WorkerId {
        self.store.worker()
    }

    fn begin(&mut self) -> Result<()> {
        self.faults.call("begin")?;
        self.store.begin()
    }

    fn commit(&mut self) -> Result<()> {
        self.faults.call("commit")?;
        self.store.commit()?;
        if self.faults.take(Fault::AfterCommit) {
            return Err(StoreError::unavailable("the answer was lost"));
        }
        if self.faults.take(Fault::StopsInCommit) {
            self.faults.set(Fault::MayNotStart);
        }
        Ok(())
    }

    fn rollback(&mut self) {
        self.store.rollback();
    }

    fn claim(&mut self, now: Millis, room: usize) -> Result<Due> {
        self.faults.call("claim")?;
        self.store.claim(now, room)
    }

    fn claim_crashed(&mut self, now: Millis) -> Result<Option<ClaimedDelivery>> {
        self.faults.call("claim_crashed")?;
        self.store.claim_crashed(now)
    }

    fn record(
        &mut self,
        now: Millis,
        ends: &[End],
        accepts: &[(&Accept, bool)],
    ) -> Result<Recorded> {
        self.faults.call("record")?;
        if self.faults.take(Fault::Row) {
            let row = StoreError::new(StoreErrorKind::Row, "the row is too big");
            let mut recorded = self.store.record(now, ends, &accepts[1..])?;
            recorded.accepts.insert(0, Err(row));
            return Ok(recorded);
        }
        self.store.record(now, ends, accepts)
    }

    fn may_start(&self) -> bool {
        lock(&self.faults.0).fault != Some(Fault::MayNotStart) && self.store.may_start()
    }

    fn next_due(&mut self, now: Millis) -> Result<Option<Millis>> {
        self.faults.call("next_due")?;
        self.store.next_due(now)
    }

    fn has_changed(&mut self) -> Result<bool> {
        self.faults.call("has_changed")?;
        self.store.has_changed()
    }

    fn others(&mut self) -> Result<Others> {
        self.faults.call("others")?;
        self.store.others()
    }

    fn take_back(&mut self, now: Millis, gone: WorkerId, limit: u32) -> Result<TakenBack> {
        self.faults.call("take_back")?;
        self.store.take_back(now, gone, limit)
    }

    fn has_due_orphans(&mut self, now: Millis) -> Result<bool> {
        self.faults.call("has_due_orphans")?;
        self.store.has_due_orphans(now)
    }

    fn put_off_orphans(&mut self, now: Millis, due: Millis) -> Result<()> {
        self.faults.call("put_off_orphans")?;
        self.store.put_off_orphans(now, due)
    }

    fn sweep(&mut self, now: Millis, retention: &Retention, after: DeliveryId) -> Result<Swept> {
        self.faults.call("sweep")?;
        self.store.sweep(now, retention, after)
    }

    fn stats(&mut self, now: Millis) -> Result<Stats> {
        self.faults.call("stats")?;
        self.store.stats(now)
    }

    fn check(&mut self) -> Result<()> {
        self.faults.call("check")?;
        self.store.check()
    }

    fn die(&mut self) {
        self.store.die();
    }

    fn retire(&mut self) -> Result<()> {
        self.faults.call("retire")?;
        self.store.retire()
    }
}
