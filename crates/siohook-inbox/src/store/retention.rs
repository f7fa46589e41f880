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

impl Retention {
    pub(crate) fn fate(&self, now: Millis, standing: &Standing) -> Fate {
        let body = if standing.is_dead {
            self.body.max(self.dead_body)
        } else {
            self.body
        };
        let ended_at = standing.ended_at.unwrap_or(standing.received_at);
        let is_over = |kept: Millis| ended_at.saturating_add(kept) <= now;
        if standing.is_open {
            Fate::Keep
        } else if is_over(self.remember.max(body)) {
            Fate::Delete
        } else if standing.has_body && is_over(body) {
            Fate::Erase
        } else {
            Fate::Keep
        }
    }

    /// Whether deliveries that were received then, or later, are all kept as they are. A time that
    /// is still to come is that of a clock that was wrong, and says nothing about others.
    pub(crate) fn is_young(&self, now: Millis, received_at: Millis) -> bool {
        received_at <= now && received_at.saturating_add(self.body.min(self.remember)) > now
    }
}

/// How far [`Store::sweep`](super::Store::sweep) came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Swept {
    /// The last delivery that was looked at. `None` at the end: all others are too young.
    pub(crate) up_to: Option<DeliveryId>,
    pub(crate) erased: usize,
    pub(crate) deleted: usize,
}

#[cfg(any(test, feature = "sqlite", feature = "testing"))]
impl Swept {
    /// Counts what is done with a delivery.
    pub(crate) fn count(&mut self, fate: Fate) {
        match fate {
            Fate::Keep => {}
            Fate::Erase => self.erased += 1,
            Fate::Delete => self.deleted += 1,
        }
    }

    pub(crate) fn changed(&self) -> bool {
        self.erased + self.deleted > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETENTION: Retention = Retention {
        body: 7,
        dead_body: 30,
        remember: 20,
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

    #[test]
    fn time_counts_from_the_last_end() {
        let standing = ended(0, 100);
        let fates = [106, 107, 119, 120].map(|now| RETENTION.fate(now, &standing));
        assert_eq!(fates, [Fate::Keep, Fate::Erase, Fate::Erase, Fate::Delete]);
        let erased = Standing {
            has_body: false,
            ..standing
        };
        assert_eq!(RETENTION.fate(110, &erased), Fate::Keep);
    }

    #[test]
    fn dead_runs_are_kept_longer() {
        let standing = Standing {
            is_dead: true,
            ..ended(0, 0)
        };
        let fates = [7, 29, 30].map(|now| RETENTION.fate(now, &standing));
        assert_eq!(fates, [Fate::Keep, Fate::Keep, Fate::Delete]);
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
            ..ended(5, 0)
        };
        assert_eq!(RETENTION.fate(11, &standing), Fate::Keep);
        assert_eq!(RETENTION.fate(12, &standing), Fate::Erase);
        assert!(RETENTION.is_young(11, 5) && !RETENTION.is_young(12, 5));
        assert!(!RETENTION.is_young(4, 5), "the clock was wrong");
    }
}
