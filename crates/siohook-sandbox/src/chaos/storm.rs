//! What happens by chance, but the same each time with a seed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use siohook_events::Mechanism;

use super::{Chaos, ChaosHit, Damage};

/// The longest time that a message waits for others to pass, by the clock of the account.
const LONGEST_HOLD: Duration = Duration::from_secs(1);

/// A [`Chaos`] at work.
#[derive(Debug)]
pub(crate) struct Storm {
    pub(crate) chaos: Chaos,
    seed: u64,
    /// Number of the first message.
    first: u64,
    /// Number of calls to the API.
    calls: AtomicU64,
}

/// What becomes of an attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fate {
    pub(crate) is_dropped: bool,
    pub(crate) is_doubled: bool,
    pub(crate) damage: Option<Damage>,
    pub(crate) hang_up_after: Option<Duration>,
}

/// How a message waits for its first attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hold {
    /// The longest time.
    pub(crate) time: Duration,
    /// The number of messages that pass. `None` if it waits for its time only.
    pub(crate) passing: Option<u32>,
}

impl Hold {
    pub(crate) fn hit(self) -> ChaosHit {
        match self.passing {
            Some(_) => ChaosHit::Reorder,
            None => ChaosHit::Delay,
        }
    }
}

/// What becomes of a call to the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CallFate {
    pub(crate) status: Option<u16>,
    pub(crate) latency: Option<Duration>,
}

impl Storm {
    /// Starts with the message of this number.
    pub(crate) fn new(chaos: Chaos, first: u64) -> Self {
        Self {
            seed: chaos.seed.unwrap_or_else(|| fastrand::u64(..)),
            chaos,
            first,
            calls: AtomicU64::new(0),
        }
    }

    /// How a message waits, if it does.
    pub(crate) fn hold(&self, mechanism: Mechanism, message: u64) -> Option<Hold> {
        let chaos = self.chaos.of(mechanism);
        let mut random = self.random(message, 0);
        if let Some((shortest, longest)) = chaos.delay {
            let part = longest.saturating_sub(shortest).mul_f64(random.f64());
            let time = shortest.saturating_add(part);
            let passing = None;
            return (!time.is_zero()).then_some(Hold { time, passing });
        }
        let passing = Some(random.u32(..chaos.reorder.max(1))).filter(|passing| *passing > 0);
        passing.map(|_| Hold {
            time: LONGEST_HOLD,
            passing,
        })
    }

    /// What becomes of an attempt of a message.
    pub(crate) fn fate(&self, mechanism: Mechanism, message: u64, attempt: u32) -> Fate {
        let chaos = self.chaos.of(mechanism);
        let mut random = self.random(message, attempt);
        // Each has its own number, so that one does not depend on whether another is wanted.
        let mut happens = |probability: f64| random.f64() < probability;
        let is_dropped = happens(chaos.drop);
        let is_doubled = happens(chaos.duplicate);
        let is_damaged = happens(chaos.probability);
        let hangs_up = happens(chaos.probability);
        Fate {
            is_dropped,
            is_doubled,
            damage: chaos.damage.filter(|_| is_damaged),
            hang_up_after: chaos.hang_up_after.filter(|_| hangs_up),
        }
    }

    /// What becomes of the next call to the API.
    pub(crate) fn call(&self) -> CallFate {
        let chaos = &self.chaos.api;
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        let is_hit = self.random(call.wrapping_add(self.first), u32::MAX).f64() < chaos.probability;
        CallFate {
            status: chaos.status.filter(|_| is_hit),
            latency: chaos.latency.filter(|latency| !latency.is_zero()),
        }
    }

    fn random(&self, message: u64, number: u32) -> fastrand::Rng {
        let message = message.wrapping_sub(self.first);
        // The constants are odd, so different messages and attempts have different seeds.
        let seed = message
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .wrapping_add(u64::from(number).wrapping_mul(0xd1b5_4a32_d192_ed03));
        let mut random = fastrand::Rng::with_seed(self.seed ^ seed);
        // The first number of near seeds is near as well.
        random.u64(..);
        random
    }
}

impl CallFate {
    pub(crate) fn hits(self) -> Vec<ChaosHit> {
        let latency = self.latency.map(|_| ChaosHit::Latency);
        let status = self.status.map(|_| ChaosHit::Status);
        latency.into_iter().chain(status).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DeliveryChaos;

    #[test]
    fn a_seed_decides_and_probabilities_hold() {
        let chaos = Chaos {
            account: DeliveryChaos {
                duplicate: 0.1,
                drop: 0.3,
                damage: Some(Damage::Body),
                probability: 0.5,
                ..DeliveryChaos::default()
            },
            seed: Some(7),
            ..Chaos::default()
        };
        let fates = |first: u64| {
            let storm = Storm::new(chaos.clone(), first);
            let numbers = (0..2000_u64).map(move |message| message + first);
            let fates = numbers.map(|message| storm.fate(Mechanism::Account, message, 1));
            fates.collect::<Vec<_>>()
        };
        let known = fates(0);
        assert_eq!(fates(99), known);
        let share = |is: fn(&Fate) -> bool| known.iter().filter(|fate| is(fate)).count();
        assert!((140..260).contains(&share(|fate| fate.is_doubled)));
        assert!((520..680).contains(&share(|fate| fate.is_dropped)));
        assert!((900..1100).contains(&share(|fate| fate.damage.is_some())));
        let off = Storm::new(Chaos::default(), 0);
        for mechanism in [Mechanism::Account, Mechanism::Automation] {
            assert_eq!(off.fate(mechanism, 3, 1), Fate::default());
            assert_eq!(off.hold(mechanism, 3), None);
        }
        assert_eq!(off.call().hits(), []);
    }

    #[test]
    fn waits_are_within_their_range() {
        let range = (Duration::from_secs(2), Duration::from_secs(5));
        let chaos = Chaos {
            account: DeliveryChaos {
                delay: Some(range),
                ..DeliveryChaos::default()
            },
            automation: DeliveryChaos {
                reorder: 4,
                ..DeliveryChaos::default()
            },
            ..Chaos::default()
        };
        let storm = Storm::new(chaos, 0);
        for message in 0..200 {
            let delay = storm.hold(Mechanism::Account, message).unwrap();
            assert!((range.0..=range.1).contains(&delay.time) && delay.passing.is_none());
        }
        let passing = |message| {
            let hold = storm.hold(Mechanism::Automation, message);
            hold.and_then(|hold| hold.passing).unwrap_or_default()
        };
        let mut counts = [0; 4];
        for message in 0..400 {
            counts[usize::try_from(passing(message)).unwrap()] += 1;
        }
        assert!(counts.iter().all(|count| *count > 60), "{counts:?}");
    }
}
