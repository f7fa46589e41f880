//! The time of the account.

mod advance;
mod pace;
mod timetable;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use siohook_events::Timestamp;
use tokio::sync::watch;

pub use advance::AdvanceError;
pub use pace::{Pace, ParsePaceError};
use timetable::Timetable;

/// The time of the account: real, faster, or moved by hand.
///
/// Event times, retries and delays follow it. Clones are the same clock.
///
/// ```
/// use std::time::Duration;
///
/// use siohook_sandbox::Clock;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let clock = Clock::manual("2026-01-01T00:00:00Z".parse()?);
/// clock.advance(Duration::from_secs(3600)).await?;
/// assert_eq!(clock.now().to_string(), "2026-01-01T01:00:00+00:00");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    face: Mutex<Face>,
    timetable: Timetable,
    /// The number of [`Busy`] guards.
    busy: watch::Sender<usize>,
    /// Held by a task that advances the clock, so that two of them take turns.
    hand: tokio::sync::Mutex<()>,
}

/// What the clock showed at a moment of the system's time.
#[derive(Clone, Copy, Debug)]
struct Face {
    pace: Pace,
    shown: Timestamp,
    since: SystemTime,
}

impl Face {
    fn now(&self) -> Timestamp {
        let elapsed = self.since.elapsed().unwrap_or_default();
        let elapsed = elapsed.saturating_mul(self.pace.factor());
        self.shown.checked_add(elapsed).unwrap_or(self.shown)
    }
}

impl Clock {
    /// Makes a clock that shows the system's time now and goes at this pace.
    ///
    /// ```
    /// use siohook_sandbox::{Clock, Pace};
    ///
    /// let clock = Clock::new("x60".parse()?);
    /// assert_eq!(clock.pace().to_string(), "x60");
    /// # Ok::<(), siohook_sandbox::ParsePaceError>(())
    /// ```
    #[must_use]
    pub fn new(pace: Pace) -> Self {
        let now = Timestamp::try_from(SystemTime::now());
        Self::starting_at(now.unwrap_or_else(|_| whole_seconds(0)), pace)
    }

    /// Makes a clock that shows a time, and goes on at this pace.
    ///
    /// ```
    /// use siohook_sandbox::{Clock, Pace};
    ///
    /// let clock = Clock::starting_at("2026-01-01T00:00:00Z".parse()?, Pace::Real);
    /// assert!(clock.now().to_string().starts_with("2026-01-01T00:00:0"));
    /// # Ok::<(), siohook_events::ParseTimestampError>(())
    /// ```
    #[must_use]
    pub fn starting_at(shown: Timestamp, pace: Pace) -> Self {
        let since = SystemTime::now();
        Self(Arc::new(Inner {
            face: Mutex::new(Face { pace, shown, since }),
            timetable: Timetable::default(),
            busy: watch::Sender::new(0),
            hand: tokio::sync::Mutex::new(()),
        }))
    }

    /// Makes a clock that moves by [`advance`](Self::advance) only.
    ///
    /// ```
    /// use siohook_sandbox::Clock;
    ///
    /// let clock = Clock::manual("2026-01-01T00:00:00Z".parse()?);
    /// assert_eq!(clock.now().to_string(), "2026-01-01T00:00:00+00:00");
    /// # Ok::<(), siohook_events::ParseTimestampError>(())
    /// ```
    #[must_use]
    pub fn manual(shown: Timestamp) -> Self {
        Self::starting_at(shown, Pace::Manual)
    }

    /// Returns the pace.
    ///
    /// ```
    /// use siohook_sandbox::{Clock, Pace};
    ///
    /// assert_eq!(Clock::new(Pace::Real).pace(), Pace::Real);
    /// ```
    #[must_use]
    pub fn pace(&self) -> Pace {
        self.face().pace
    }

    /// Changes the pace. The clock goes on from the time it shows.
    ///
    /// ```
    /// use siohook_sandbox::{Clock, Pace};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let clock = Clock::new(Pace::Real);
    /// clock.set_pace(Pace::Manual);
    /// assert_eq!(clock.now(), clock.now());
    /// # }
    /// ```
    pub fn set_pace(&self, pace: Pace) {
        self.set(|face| face.pace = pace);
    }

    /// Sets the time that the clock shows. What became due by that happens now, and with a
    /// manual clock when it is next advanced.
    ///
    /// ```
    /// use siohook_sandbox::Clock;
    ///
    /// let clock = Clock::manual("2026-01-01T00:00:00Z".parse()?);
    /// clock.set_now("2027-01-01T00:00:00Z".parse()?);
    /// assert_eq!(clock.now().to_string(), "2027-01-01T00:00:00+00:00");
    /// # Ok::<(), siohook_events::ParseTimestampError>(())
    /// ```
    pub fn set_now(&self, shown: Timestamp) {
        self.set(|face| face.shown = shown);
    }

    /// Returns the time in whole seconds, as systeme.io writes it.
    ///
    /// ```
    /// use siohook_sandbox::Clock;
    ///
    /// let clock = Clock::manual("2026-01-01T00:00:00.5Z".parse()?);
    /// assert_eq!(clock.now().to_string(), "2026-01-01T00:00:00+00:00");
    /// assert_eq!(clock.exact_now().to_string(), "2026-01-01T00:00:00.5+00:00");
    /// # Ok::<(), siohook_events::ParseTimestampError>(())
    /// ```
    #[must_use]
    pub fn now(&self) -> Timestamp {
        whole_seconds(self.exact_now().unix_seconds())
    }

    /// Returns the time with its fraction of a second.
    #[must_use]
    pub fn exact_now(&self) -> Timestamp {
        self.face().now()
    }

    /// Calls a function at this time, or at once if it has passed. Functions of the same
    /// moment are called in the order in which they were given.
    ///
    /// A manual clock calls it while it is advanced. It waits for the work that the function
    /// left [busy](Self::busy) before it moves on.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use siohook_sandbox::Clock;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let clock = Clock::manual("2026-01-01T00:00:00Z".parse()?);
    /// let (sender, receiver) = std::sync::mpsc::channel();
    /// clock.at("2026-01-01T00:00:05Z".parse()?, move || sender.send("due").unwrap());
    /// clock.advance(Duration::from_secs(4)).await?;
    /// assert!(receiver.try_recv().is_err());
    /// clock.advance(Duration::from_secs(1)).await?;
    /// assert_eq!(receiver.try_recv(), Ok("due"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If it is called outside of a tokio runtime.
    pub fn at(&self, moment: Timestamp, due: impl FnOnce() + Send + 'static) {
        self.0.timetable.insert(moment, Box::new(due));
        timetable::drive(&self.0);
    }

    /// Returns a guard of work that belongs to the present moment. A manual clock does not
    /// move while there is one.
    ///
    /// ```
    /// use siohook_sandbox::{Clock, Pace};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let clock = Clock::new(Pace::Manual);
    /// let work = clock.busy();
    /// tokio::spawn(async move { drop(work) });
    /// clock.idle().await;
    /// # }
    /// ```
    #[must_use]
    pub fn busy(&self) -> Busy {
        self.0.busy.send_modify(|guards| *guards += 1);
        Busy(self.clone())
    }

    /// Waits until no work is [busy](Self::busy).
    pub async fn idle(&self) {
        let mut guards = self.0.busy.subscribe();
        // It fails only without a sender, and `self` holds the sender.
        let _ = guards.wait_for(|guards| *guards == 0).await;
    }

    fn set(&self, change: impl FnOnce(&mut Face)) {
        {
            let mut face = self.face();
            face.shown = face.now();
            face.since = SystemTime::now();
            change(&mut face);
        }
        timetable::drive(&self.0);
    }

    fn face(&self) -> MutexGuard<'_, Face> {
        self.0.face()
    }
}

impl Inner {
    fn face(&self) -> MutexGuard<'_, Face> {
        self.face.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Guard of work that belongs to the present moment: see [`Clock::busy`].
#[derive(Debug)]
pub struct Busy(Clock);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.0.busy.send_modify(|guards| *guards -= 1);
    }
}

/// The moment without its fraction. `seconds` come from a timestamp, or are 0.
pub(crate) fn whole_seconds(seconds: i64) -> Timestamp {
    let seconds = Duration::from_secs(seconds.unsigned_abs());
    Timestamp::try_from(UNIX_EPOCH + seconds).expect("a second of a timestamp is one")
}
