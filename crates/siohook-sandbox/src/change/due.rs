//! What happens as time passes: delays end, subscriptions are paid on or end.

use siohook_events::Timestamp;

use super::run::{Run, Task};
use crate::Outgoing;
use crate::state::{State, Subscription, SubscriptionStatus};

/// What happens next.
enum Due {
    /// The delay at this index of the waiting ones ends.
    Delay(usize),
    /// The paid period of the subscription of this id ends.
    PeriodEnd(u64),
}

impl State {
    /// Returns the time at which the next delay or paid period ends.
    ///
    /// ```
    /// use siohook_sandbox::state::State;
    ///
    /// assert_eq!(State::new(7).next_due(), None);
    /// ```
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.due().map(|(time, _)| time)
    }

    /// Whether a workflow waits, or a cancelled subscription has not ended.
    pub(crate) fn has_travellers(&self) -> bool {
        let mut subscriptions = self.subscriptions.values();
        let ends = |one: &Subscription| one.status.is_open() && one.cancelled_at.is_some();
        !self.waiting.is_empty() || subscriptions.any(ends)
    }

    /// Ends the delays and paid periods that are over at this time, the earliest first. Returns
    /// the messages that follow.
    ///
    /// ```
    /// use siohook_sandbox::state::State;
    ///
    /// let now = "2026-01-01T00:00:00+00:00".parse()?;
    /// assert!(State::new(7).advance(now).is_empty());
    /// # Ok::<(), siohook_sandbox::ParseTimestampError>(())
    /// ```
    pub fn advance(&mut self, now: Timestamp) -> Vec<Outgoing> {
        let mut outgoing = vec![];
        while let Some((time, due)) = self.due().filter(|(time, _)| *time <= now) {
            let mut run = Run::new(self, time);
            match due {
                Due::Delay(index) => {
                    let journey = run.state.waiting.remove(index).journey;
                    run.later(Task::Journey(journey));
                }
                Due::PeriodEnd(subscription) => run.end_period(subscription),
            }
            outgoing.extend(run.finish());
        }
        outgoing
    }

    fn due(&self) -> Option<(Timestamp, Due)> {
        let delays = self.waiting.iter().enumerate();
        let delays = delays.map(|(index, one)| (one.until, Due::Delay(index)));
        let subscriptions = self.subscriptions.values();
        // A payment that failed does not repeat itself, but a cancellation comes all the same.
        let running = subscriptions.filter(|one| {
            let is_active = one.status == SubscriptionStatus::Active;
            is_active || one.status.is_open() && one.cancelled_at.is_some()
        });
        let ends = running.filter_map(|one| Some((one.period_end?, Due::PeriodEnd(one.id))));
        delays.chain(ends).min_by_key(|(time, _)| *time)
    }
}

impl Run<'_> {
    fn end_period(&mut self, id: u64) {
        let subscription = self.state.subscriptions.get(&id);
        if subscription.is_some_and(|one| one.cancelled_at.is_some()) {
            self.end(id, 0);
        } else {
            // The subscription is active, so it can be paid.
            self.pay(id, 0).ok();
        }
    }
}
