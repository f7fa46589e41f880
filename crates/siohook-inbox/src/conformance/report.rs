use std::fmt;

use super::{Case, Failure, Subject, cases};

/// Outcomes of all cases.
///
/// `Display` writes a line for each case that did not pass, and a summary.
///
/// ```no_run
/// # fn f(subject: &siohook_inbox::conformance::Subject) {
/// let report = siohook_inbox::conformance::check(subject);
/// assert!(report.is_ok(), "{report}");
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Report {
    subject: String,
    outcomes: Vec<Outcome>,
}

/// Outcome of one case. `Display` writes the case and its verdict.
///
/// ```
/// # fn f(report: &siohook_inbox::conformance::Report) {
/// for outcome in report.outcomes() {
///     println!("{outcome}");
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// The case.
    pub case: &'static Case,
    /// How it ended.
    pub verdict: Verdict,
}

/// How a case ended.
///
/// ```
/// use siohook_inbox::conformance::{Report, Verdict};
///
/// fn failures(report: &Report) -> usize {
///     let failed = |verdict: &Verdict| matches!(verdict, Verdict::Failed(_));
///     report.outcomes().iter().filter(|outcome| failed(&outcome.verdict)).count()
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The store kept the promise.
    Passed,
    /// It did not.
    Failed(Failure),
    /// The case can't be run on the subject, for this reason.
    Skipped(&'static str),
}

/// Runs all cases on a subject, one after the other.
///
/// It blocks, so call it from a thread that runs no tasks.
///
/// ```no_run
/// use siohook_inbox::Inbox;
/// use siohook_inbox::conformance::{Subject, check};
///
/// let report = check(&Subject::new("memory", Inbox::memory));
/// assert!(report.is_ok(), "{report}");
/// ```
#[must_use]
pub fn check(subject: &Subject) -> Report {
    let outcome = |case: &'static Case| Outcome {
        case,
        verdict: match case.skipped(subject) {
            Some(reason) => Verdict::Skipped(reason),
            None => match case.run(subject) {
                Ok(()) => Verdict::Passed,
                Err(failure) => Verdict::Failed(failure),
            },
        },
    };
    Report {
        subject: subject.name().to_owned(),
        outcomes: cases().iter().map(outcome).collect(),
    }
}

impl Report {
    /// Returns the outcome of each case, in the order of [`cases`].
    #[must_use]
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// Returns whether no case failed.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        let failed = |outcome: &Outcome| matches!(outcome.verdict, Verdict::Failed(_));
        !self.outcomes.iter().any(failed)
    }
}

/// One line for each case that did not pass, and a summary.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let not_passed = |outcome: &&Outcome| outcome.verdict != Verdict::Passed;
        let not_passed: Vec<_> = self.outcomes.iter().filter(not_passed).collect();
        for outcome in &not_passed {
            writeln!(f, "{outcome}")?;
        }
        let (all, subject) = (self.outcomes.len(), &self.subject);
        let passed = all - not_passed.len();
        write!(f, "{subject}: {passed} of {all} cases passed")
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { case, verdict } = self;
        write!(
            f,
            "{} {} ({}): {verdict}",
            case.section(),
            case.name(),
            case.checks()
        )
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed => f.write_str("passed"),
            Self::Failed(why) => write!(f, "FAILED: {why}"),
            Self::Skipped(reason) => write!(f, "skipped: {reason}"),
        }
    }
}
