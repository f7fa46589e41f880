use super::{Accept, Accepted, Claimed, ClaimedDelivery, Due, End, Millis, Result, Store};

/// Calls of a [`Store`] as tests make them, one at a time.
pub(crate) trait Shorthand: Store {
    fn accept(&mut self, now: Millis, accept: &Accept, is_running: bool) -> Result<Accepted> {
        let recorded = self.record(now, &[], &[(accept, is_running)])?;
        recorded.accepts.into_iter().next().expect("there is one")
    }

    fn end(&mut self, now: Millis, ends: &[End]) -> Result<Vec<bool>> {
        Ok(self.record(now, ends, &[])?.ends)
    }

    /// Claims runs, none of which crashed.
    fn claimed(&mut self, now: Millis, room: usize) -> Result<Vec<Claimed>> {
        match self.claim(now, room)? {
            Due::Crashed => panic!("a run is due whose process ended in it"),
            Due::Claimed { deliveries, .. } => Ok(runs(deliveries)),
        }
    }

    fn claimed_crashed(&mut self, now: Millis) -> Result<Vec<Claimed>> {
        self.claim_crashed(now).map(runs)
    }

    fn has_crashed(&mut self, now: Millis) -> Result<bool> {
        Ok(matches!(self.claim(now, 0)?, Due::Crashed))
    }
}

impl<S: Store + ?Sized> Shorthand for S {}

pub(crate) fn runs(deliveries: impl IntoIterator<Item = ClaimedDelivery>) -> Vec<Claimed> {
    deliveries.into_iter().flat_map(|it| it.runs).collect()
}
