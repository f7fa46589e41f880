use super::{DeliveryId, Millis};

/// How long deliveries are kept after their last run ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retention {
    /// The body, unless a run is dead.
    pub(crate) body: Millis,
    /// The body, if a run is dead and that is longer.
    pub(crate) dead_body: Millis,
    /// The rest, by which copies are told apart.
    pub(crate) remember: Millis,
}

/// How a delivery stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    pub(crate) received_at: Millis,
    pub(crate) has_body: bool,
    /// A run waits or is in progress.
    pub(crate) is_open: bool,
    pub(crate) is_dead: bool,
    /// When the last run ended.
    pub(crate) ended_at: Option<Millis>,
}

/// What is to be done with a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Keep,
    /// Its body and the texts of its errors.
    Erase,
    Delete,
}

/// How long before it expires a dead letter is counted: a day.
const SOON: Millis = 24 * 60 * 60 * 1000;

impl Retention {
    fn fate(&self, now: Millis, standing: &Standing) -> Fate {
        let body = if standing.is_dead {
            self.of_dead()
        } else {
            self.body
        };
        if standing.is_open {
            Fate::Keep
        } else if standing.is_over(now, self.remember.max(body)) {
            Fate::Delete
        } else if standing.has_body && standing.is_over(now, body) {
            Fate::Erase
        } else {
            Fate::Keep
        }
    }

    /// Whether dead letters lose their body within a day, and can't be retried then.
    fn expires_soon(&self, now: Millis, standing: &Standing) -> bool {
        let could_be_retried = standing.is_dead && standing.has_body && !standing.is_open;
        could_be_retried && standing.is_over(now, self.of_dead() - SOON)
    }

    fn of_dead(&self) -> Millis {
        self.body.max(self.dead_body)
    }

    /// Whether deliveries that were received then, or later, are all kept as they are, for a day and
    /// more. A time that is still to come is that of a clock that was wrong, and says nothing about
    /// others.
    pub(crate) fn is_young(&self, now: Millis, received_at: Millis) -> bool {
        let kept = self.body.min(self.remember).min(self.of_dead() - SOON);
        received_at <= now && received_at.saturating_add(kept) > now
    }
}

impl Standing {
    fn is_over(&self, now: Millis, kept: Millis) -> bool {
        let ended_at = self.ended_at.unwrap_or(self.received_at);
        ended_at.saturating_add(kept) <= now
    }
}

/// How far [`Store::sweep`](super::Store::sweep) came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Swept {
    /// The last delivery that was looked at. `None` at the end: all others are too young.
    pub(crate) up_to: Option<DeliveryId>,
    pub(crate) erased: usize,
    pub(crate) deleted: usize,
    /// Deliveries whose dead letters lose their body within a day.
    pub(crate) expiring: usize,
}

impl Swept {
    /// Decides about a delivery, and counts it.
    pub(crate) fn decide(&mut self, retention: &Retention, now: Millis, of: &Standing) -> Fate {
        let fate = retention.fate(now, of);
        match fate {
            Fate::Keep => self.expiring += usize::from(retention.expires_soon(now, of)),
            Fate::Erase => self.erased += 1,
            Fate::Delete => self.deleted += 1,
        }
        fate
    }

    #[cfg(any(test, feature = "sqlite", feature = "testing"))]
    pub(crate) fn changed(&self) -> bool {
        self.erased + self.deleted > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETENTION: Retention = Retention {
        body: 7 * SOON,
        dead_body: 30 * SOON,
        remember: 20 * SOON,
    };

    fn ended(received_at: Millis, ended_at: Millis) -> Standing {
        Standing {
            received_at,
            has_body: true,
            is_open: false,
            is_dead: false,
            ended_at: Some(ended_at),
        }
    }

    fn fates<const N: usize>(days: [Millis; N], standing: &Standing) -> [Fate; N] {
        days.map(|days| RETENTION.fate(days * SOON, standing))
    }

    #[test]
    fn time_counts_from_the_last_end() {
        let standing = ended(0, 100 * SOON);
        assert_eq!(
            fates([106, 107, 119, 120], &standing),
            [Fate::Keep, Fate::Erase, Fate::Erase, Fate::Delete]
        );
        let erased = Standing {
            has_body: false,
            ..standing
        };
        assert_eq!(fates([110], &erased), [Fate::Keep]);
    }

    #[test]
    fn dead_runs_are_kept_longer() {
        let standing = Standing {
            is_dead: true,
            ..ended(0, 0)
        };
        assert_eq!(
            fates([7, 29, 30], &standing),
            [Fate::Keep, Fate::Keep, Fate::Delete]
        );
    }

    #[test]
    fn dead_letters_are_counted_in_their_last_day() {
        let dead = Standing {
            is_dead: true,
            ..ended(0, 0)
        };
        let count = |retention: &Retention, standing: &Standing| {
            let mut swept = Swept::default();
            for days in [28, 29, 30, 39, 40] {
                swept.decide(retention, days * SOON, standing);
            }
            swept.expiring
        };
        assert_eq!(count(&RETENTION, &dead), 1);
        for other in [
            ended(0, 0),
            Standing {
                is_open: true,
                ..dead
            },
            Standing {
                has_body: false,
                ..dead
            },
        ] {
            assert_eq!(count(&RETENTION, &other), 0, "{other:?}");
        }
        // Bodies are all kept for longer than dead ones have to be.
        let long = Retention {
            body: 40 * SOON,
            remember: 50 * SOON,
            ..RETENTION
        };
        assert_eq!(count(&long, &dead), 1);
        assert!(long.is_young(39 * SOON, 1) && !long.is_young(39 * SOON, 0));
    }

    #[test]
    fn what_is_open_is_kept() {
        let standing = Standing {
            is_open: true,
            ..ended(0, 0)
        };
        assert_eq!(RETENTION.fate(Millis::MAX, &standing), Fate::Keep);
    }

    #[test]
    fn without_runs_time_counts_from_the_receipt() {
        let standing = Standing {
            ended_at: None,
            ..ended(5 * SOON, 0)
        };
        assert_eq!(fates([11, 12], &standing), [Fate::Keep, Fate::Erase]);
        let is_young = |days| RETENTION.is_young(days * SOON, 5 * SOON);
        assert!(is_young(11) && !is_young(12));
        assert!(!is_young(4), "the clock was wrong");
    }
}
