//! What other processes did to the store: their changes, and what they left when they ended.

use std::time::Duration;

use super::Job;
use super::failures::ShownBy;
use super::writer::{Mode, Writer};
use crate::dead_letter::DeadLetter;
use crate::dead_reason::{DeadReason, crashed_text};
use crate::observe;
use crate::store::{Claimed, ClaimedDelivery, ORPHANS_WAIT, Result, Stored, WorkerId};

/// How often dead processes are looked for.
const LOOK_FOR_GONE: Duration = Duration::from_secs(1);

impl Writer {
    pub(super) fn look_for_changes(&mut self) {
        // If it can't be told, a claim finds out.
        if self.store.has_changed().unwrap_or(true) {
            self.may_be_due = true;
            if let Mode::Draining { has_changed, .. } = &mut self.mode {
                *has_changed = true;
            }
        }
    }

    /// Takes back the runs of processes that ended in them.
    pub(super) fn look_for_gone(&mut self, elapsed: Duration) {
        if elapsed < self.look_for_gone_at {
            return;
        }
        self.look_for_gone_at = elapsed + LOOK_FOR_GONE;
        let others = match self.store.others() {
            Ok(others) => others,
            // Deliveries don't wait for the same failure once more.
            Err(error) => return self.failed(&error, ShownBy::Check),
        };
        self.is_alone = others.is_alone;
        if !self.is_working() {
            return;
        }
        let mut gone = others.gone.into_iter();
        let taken = gone.try_for_each(|gone| self.take_back(gone));
        if let Err(error) = taken.and_then(|()| self.put_off_orphans()) {
            self.store.rollback();
            self.failed(&error, ShownBy::Check);
        }
    }

    fn take_back(&mut self, gone: WorkerId) -> Result<()> {
        let now = self.clock.now();
        self.store.begin()?;
        let taken = self.store.take_back(now, gone, self.settings.crashes)?;
        self.store.commit()?;
        self.may_be_due = true;
        let dead = taken.dead.iter().map(|it| it.runs.len()).sum::<usize>();
        observe::recovered(taken.waiting as usize + dead);
        let mut letters = vec![];
        for ClaimedDelivery { stored, runs } in taken.dead {
            for run in &runs {
                observe::crashed(&run.run);
            }
            // If it was deleted or changed by hand, there is nothing to tell.
            if let Ok(stored) = stored {
                letters.extend(runs.iter().map(|run| letter(run, &stored)));
            }
        }
        self.give(Job::Dead(letters));
        Ok(())
    }

    /// Keeps runs of handlers that no worker links out of the way of claims.
    fn put_off_orphans(&mut self) -> Result<()> {
        let now = self.clock.now();
        if self.store.has_due_orphans(now)? {
            self.store.begin()?;
            self.store.put_off_orphans(now, now + ORPHANS_WAIT)?;
            self.store.commit()?;
        }
        Ok(())
    }
}

/// The letter of a run whose process ended in it too often.
fn letter(dead: &Claimed, stored: &Stored) -> DeadLetter {
    DeadLetter {
        id: dead.run.delivery,
        key: const_hex::encode(stored.key).into(),
        event: stored.event.clone(),
        received_at: stored.received_at,
        handler: dead.run.handler.into(),
        attempts: dead.run.attempt,
        reason: DeadReason::Crashed,
        error: Some(crashed_text(dead.crashes).into()),
    }
}
