use std::error::Error;
use std::fmt;
use std::time::Duration;

use siohook_events::Timestamp;

use super::{Clock, Pace};

impl Clock {
    /// Moves a manual clock by this duration, through each due moment in order. It waits for
    /// the work of a moment before it moves on, and for all of it before it returns.
    ///
    /// # Errors
    ///
    /// If the clock is not manual, or would pass the year 9999.
    pub async fn advance(&self, by: Duration) -> Result<(), AdvanceError> {
        let _hand = self.0.hand.lock().await;
        self.check_manual()?;
        self.idle().await;
        let end = self.exact_now().checked_add(by);
        let end = end.ok_or(AdvanceError::TooFar)?;
        while let Some(moment) = self.0.timetable.next().filter(|next| *next <= end) {
            self.run_moment(moment).await;
        }
        self.move_to(end);
        Ok(())
    }

    /// Moves a manual clock to the next due moment, and waits for its work. Returns the
    /// moment, or `None` if nothing is due any more.
    ///
    /// ```
    /// use siohook_sandbox::{Clock, Pace};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), siohook_sandbox::AdvanceError> {
    /// assert_eq!(Clock::new(Pace::Manual).step().await?, None);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the clock is not manual.
    pub async fn step(&self) -> Result<Option<Timestamp>, AdvanceError> {
        let _hand = self.0.hand.lock().await;
        self.check_manual()?;
        self.idle().await;
        let Some(moment) = self.0.timetable.next() else {
            return Ok(None);
        };
        self.run_moment(moment).await;
        Ok(Some(moment))
    }

    async fn run_moment(&self, moment: Timestamp) {
        self.move_to(moment);
        for due in self.0.timetable.take(moment) {
            due();
        }
        self.idle().await;
    }

    /// Moves forward, never back.
    fn move_to(&self, moment: Timestamp) {
        let mut face = self.face();
        face.shown = face.shown.max(moment);
    }

    fn check_manual(&self) -> Result<(), AdvanceError> {
        match self.pace() {
            Pace::Manual => Ok(()),
            pace => Err(AdvanceError::NotManual(pace)),
        }
    }
}

/// Error of a clock that can't be advanced.
///
/// ```
/// use siohook_sandbox::{AdvanceError, Pace};
///
/// assert_eq!(
///     AdvanceError::NotManual(Pace::Real).to_string(),
///     "the clock is `real` and moves by itself: only a `manual` clock can be advanced",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AdvanceError {
    /// The clock moves by itself.
    NotManual(Pace),
    /// The clock would pass the year 9999.
    TooFar,
}

impl fmt::Display for AdvanceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotManual(pace) => write!(
                f,
                "the clock is `{pace}` and moves by itself: only a `manual` clock can be advanced"
            ),
            Self::TooFar => f.write_str("the clock ends with the year 9999"),
        }
    }
}

impl Error for AdvanceError {}
