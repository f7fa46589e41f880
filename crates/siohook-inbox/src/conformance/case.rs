use std::fmt;

use super::Subject;
use super::failure::{Checked, Failure};
use super::stage::Stage;

/// Test of one promise.
///
/// [`cases`](super::cases()) lists them all, and [`check`](super::check) runs them:
///
/// ```
/// for case in siohook_inbox::conformance::cases() {
///     println!("{}: {} ({})", case.section(), case.name(), case.checks());
/// }
/// ```
#[derive(Clone, Copy)]
pub struct Case {
    name: &'static str,
    checks: &'static str,
    section: Section,
    /// Several processes share the store.
    shares: bool,
    run: fn(&mut Stage) -> Checked,
}

/// What a case is about.
///
/// ```
/// use siohook_inbox::conformance::{Section, cases};
///
/// let fast = cases().iter().filter(|case| case.section() != Section::Speed);
/// assert!(fast.count() > 0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Section {
    /// Deliveries and their copies.
    Accept,
    /// Processes that end, stop or leave.
    Crash,
    /// Attempts, delays and ends of handlers.
    Runs,
    /// What is stored, and for how long.
    Store,
    /// What an operator lists and mends.
    Operator,
    /// Generous bounds of the time that things take.
    Speed,
}

impl Section {
    pub(super) const fn case(
        self,
        name: &'static str,
        checks: &'static str,
        run: fn(&mut Stage) -> Checked,
    ) -> Case {
        Case {
            name,
            checks,
            section: self,
            shares: false,
            run,
        }
    }
}

impl Case {
    /// The case needs a store that several processes have open at a time.
    pub(super) const fn shares(self) -> Self {
        Self {
            shares: true,
            ..self
        }
    }

    /// Returns the name, which never changes.
    ///
    /// ```
    /// use siohook_inbox::conformance::cases;
    ///
    /// assert!(cases().iter().any(|case| case.name() == "durable"));
    /// ```
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the promise, as a sentence without a capital and a full stop.
    #[must_use]
    pub fn checks(&self) -> &'static str {
        self.checks
    }

    /// Returns what the case is about.
    #[must_use]
    pub fn section(&self) -> Section {
        self.section
    }

    /// Returns why the case can't be run on a subject, or `None` if it can.
    ///
    /// ```
    /// use siohook_inbox::Inbox;
    /// use siohook_inbox::conformance::{Subject, cases};
    ///
    /// let alone = Subject::new("memory", Inbox::memory).for_one_process();
    /// let skipped = cases().iter().filter(|case| case.skipped(&alone).is_some());
    /// assert!(skipped.count() > 0);
    /// ```
    #[must_use]
    pub fn skipped(&self, subject: &Subject) -> Option<&'static str> {
        (self.shares && !subject.is_shared()).then_some("the store is for one process")
    }

    /// Runs the case on a new store.
    ///
    /// It blocks, so call it from a thread that runs no tasks.
    ///
    /// ```
    /// use siohook_inbox::Inbox;
    /// use siohook_inbox::conformance::{Subject, cases};
    ///
    /// let case = cases().iter().find(|case| case.name() == "durable").unwrap();
    /// assert_eq!(case.run(&Subject::new("memory", Inbox::memory)), Ok(()));
    /// ```
    ///
    /// # Errors
    ///
    /// The store broke the promise, or could not be opened.
    pub fn run(&self, subject: &Subject) -> Result<(), Failure> {
        (self.run)(&mut Stage::new(subject))
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case")
            .field("name", &self.name)
            .field("section", &self.section)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Accept => "accept",
            Self::Crash => "crash",
            Self::Runs => "runs",
            Self::Store => "store",
            Self::Operator => "operator",
            Self::Speed => "speed",
        })
    }
}
