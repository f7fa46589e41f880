use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_channel::{mpsc, oneshot};
use siohook::Delivery;

use super::Drained;
use crate::dead_letter::DeadLetter;
use crate::observe::Origin;
use crate::stats::Stats;
use crate::store::{Accept, Claimed, End, Ending, Millis, Result, RunKey, Stored};

/// What the thread of an inbox is asked to do.
pub(crate) enum Command {
    Accept(AcceptCommand),
    Ended(Ended),
    /// [`Inbox::run`](crate::Inbox::run) takes runs from now on.
    Work(mpsc::UnboundedSender<Job>),
    /// It was dropped.
    StopWork,
    Drain {
        within: Duration,
        reply: oneshot::Sender<Drained>,
    },
    Stats(oneshot::Sender<Result<Stats>>),
    Check(oneshot::Sender<Result<()>>),
    /// The clock was moved by hand.
    #[cfg(any(test, feature = "testing"))]
    Wake,
    /// Replies once nothing runs and nothing is due.
    #[cfg(feature = "testing")]
    Idle(oneshot::Sender<()>),
    /// The last inbox was dropped.
    Stop,
    /// End as a process ends that is killed: leave the store as it is.
    #[cfg(feature = "testing")]
    Kill,
}

/// A delivery to store. Its place in the queue is free once it is dropped.
pub(crate) struct AcceptCommand {
    pub(crate) accept: Accept,
    pub(crate) origin: Origin,
    /// `true` if it is stored now, `false` if it was stored before.
    pub(crate) reply: oneshot::Sender<Result<bool>>,
    /// It is held until the delivery was answered.
    pub(crate) _place: Place,
}

/// The end of a run, with the letter if the run is dead.
pub(crate) struct Ended {
    pub(crate) end: End,
    pub(crate) letter: Option<Box<DeadLetter>>,
}

impl Ended {
    pub(super) fn given_back(run: RunKey) -> Self {
        let ending = Ending::GivenBack;
        Self {
            end: End { run, ending },
            letter: None,
        }
    }
}

/// The deliveries that wait to be stored.
#[derive(Default)]
pub(crate) struct Waiting {
    deliveries: AtomicUsize,
    bytes: AtomicUsize,
}

/// A place among the deliveries that wait to be stored.
pub(crate) struct Place {
    waiting: Arc<Waiting>,
    bytes: usize,
}

impl Place {
    /// Takes a place for a body, unless too many deliveries wait, or too long ones. One has a place
    /// whatever its length.
    pub(crate) fn take(waiting: &Arc<Waiting>, bytes: usize) -> Option<Self> {
        let place = Self {
            waiting: Arc::clone(waiting),
            bytes,
        };
        let deliveries = waiting.deliveries.fetch_add(1, Ordering::Relaxed);
        let before = waiting.bytes.fetch_add(bytes, Ordering::Relaxed);
        let has_room = deliveries < WAITING_AT_MOST && before + bytes <= BYTES_AT_MOST;
        (has_room || deliveries == 0).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.waiting.deliveries.fetch_sub(1, Ordering::Relaxed);
        self.waiting.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// Deliveries that may wait to be stored.
const WAITING_AT_MOST: usize = 4096;
/// The bodies of all deliveries that wait.
const BYTES_AT_MOST: usize = 64 << 20;

/// What [`Inbox::run`](crate::Inbox::run) is given.
pub(crate) enum Job {
    /// Runs that were claimed, already recorded as `running`.
    Tasks(Vec<Task>),
    /// Runs that were recorded as dead.
    Dead(Vec<DeadLetter>),
    /// Tell that there is nothing to do, once the jobs before this one are dealt with.
    #[cfg(feature = "testing")]
    Idle(oneshot::Sender<()>),
    /// There are no more jobs, because the inbox was drained.
    Drained,
}

/// The runs of a delivery that were claimed together.
pub(crate) struct Task {
    pub(crate) source: Source,
    /// There is at least one, and all are of the same delivery.
    pub(crate) runs: Vec<Claimed>,
    /// Resolves when the runs have to stop: with a value when their time is over, without one
    /// when they are to be given back.
    pub(crate) stop: oneshot::Receiver<Expired>,
}

/// Where the delivery of a task comes from.
pub(crate) enum Source {
    /// It was accepted a moment ago.
    Accepted {
        delivery: Delivery,
        key: [u8; 38],
        received_at: Millis,
        origin: Origin,
    },
    Stored(Stored),
}

impl Source {
    /// The name of the event.
    pub(crate) fn event(&self) -> &str {
        match self {
            Self::Accepted { delivery, .. } => delivery.event().as_str(),
            Self::Stored(stored) => &stored.event,
        }
    }

    pub(crate) fn key(&self) -> [u8; 38] {
        match self {
            Self::Accepted { key, .. } => *key,
            Self::Stored(stored) => stored.key,
        }
    }

    pub(crate) fn received_at(&self) -> Millis {
        match self {
            Self::Accepted { received_at, .. } => *received_at,
            Self::Stored(stored) => stored.received_at,
        }
    }

    /// The request, if its delivery was accepted a moment ago.
    pub(crate) fn origin(&self) -> Option<&Origin> {
        match self {
            Self::Accepted { origin, .. } => Some(origin),
            Self::Stored(_) => None,
        }
    }
}

/// The time of a run is over.
#[derive(Debug)]
pub(crate) struct Expired;
