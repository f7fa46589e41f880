use std::cell::LazyCell;
use std::fmt;

use crate::case::{Case, Needs};
use crate::cases::cases;
use crate::preface::speaks_http2;
use crate::server::Server;

/// A case that a framework cannot do.
#[derive(Clone, Copy, Debug)]
pub struct Exception<'a> {
    /// The name of the case.
    pub case: &'a str,
    /// Why it cannot be done.
    pub reason: &'a str,
}

/// What became of all cases.
#[derive(Debug)]
pub struct Report {
    outcomes: Vec<Outcome>,
    unknown: Vec<String>,
}

/// What became of one case.
#[derive(Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// The case.
    pub case: &'static Case,
    /// What became of it.
    pub verdict: Verdict,
}

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The server did what it has to.
    Passed,
    /// It did not, and this is why.
    Failed(String),
    /// It did not, for the reason that the exception gives.
    ExpectedFailure(String),
    /// It did, although there is an exception. The exception has to go.
    UnexpectedPass(String),
}

/// Tries all cases on a server, one after the other. It takes a few seconds;
/// each wait for a server that does not answer ends after ten.
#[must_use]
pub fn check(server: &Server, exceptions: &[Exception<'_>]) -> Report {
    let http2 = LazyCell::new(|| speaks_http2(server.address));
    let outcomes = cases().iter().map(|case| {
        let tried = match case.needs() {
            Needs::Http2 => http2.clone().map_err(|failure| failure.to_string()),
            _ => Ok(()),
        };
        let exception = exceptions.iter().find(|known| known.case == case.name());
        Outcome {
            case,
            verdict: Verdict::new(tried.and_then(|()| case.try_on(server)), exception),
        }
    });
    let is_unknown = |name: &&str| !cases().iter().any(|case| case.name() == *name);
    let names = exceptions.iter().map(|exception| exception.case);
    Report {
        outcomes: outcomes.collect(),
        unknown: names.filter(is_unknown).map(Into::into).collect(),
    }
}

impl Verdict {
    fn new(tried: Result<(), String>, exception: Option<&Exception<'_>>) -> Self {
        match (
            tried,
            exception.map(|exception| exception.reason.to_owned()),
        ) {
            (Ok(()), None) => Self::Passed,
            (Ok(()), Some(reason)) => Self::UnexpectedPass(reason),
            (Err(why), None) => Self::Failed(why),
            (Err(_), Some(reason)) => Self::ExpectedFailure(reason),
        }
    }

    /// Whether this is as it should be: passed, or an exception that holds.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        matches!(self, Self::Passed | Self::ExpectedFailure(_))
    }
}

impl Report {
    /// What became of each case, in the order of [`cases`].
    #[must_use]
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// Exceptions that name no case.
    #[must_use]
    pub fn unknown_exceptions(&self) -> &[String] {
        &self.unknown
    }

    /// Whether every case passed but for the exceptions, and every exception
    /// holds.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.unknown.is_empty() && self.outcomes.iter().all(|outcome| outcome.verdict.is_ok())
    }
}

/// One line for each case that did not pass, and a summary.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let not_passed = |outcome: &&Outcome| outcome.verdict != Verdict::Passed;
        for outcome in self.outcomes.iter().filter(not_passed) {
            writeln!(f, "{outcome}")?;
        }
        for name in &self.unknown {
            writeln!(f, "{name}: there is an exception, but no such case")?;
        }
        let count =
            |is: fn(&Verdict) -> bool| self.outcomes.iter().filter(|o| is(&o.verdict)).count();
        write!(
            f,
            "{} of {} cases passed, {} exceptions",
            count(|verdict| *verdict == Verdict::Passed),
            self.outcomes.len(),
            count(|verdict| matches!(verdict, Verdict::ExpectedFailure(_)))
        )
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { case, verdict } = self;
        write!(f, "{} ({}): {verdict}", case.name(), case.checks())
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed => f.write_str("passed"),
            Self::Failed(why) => write!(f, "FAILED: {why}"),
            Self::ExpectedFailure(reason) => write!(f, "exception: {reason}"),
            Self::UnexpectedPass(reason) => write!(f, "PASSED in spite of the exception: {reason}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXCEPTION: Exception<'_> = Exception {
        case: "x",
        reason: "no x",
    };

    #[test]
    fn an_exception_holds_only_while_its_case_fails() {
        let failed = || Err("not x".to_owned());
        assert!(Verdict::new(Ok(()), None).is_ok());
        assert!(!Verdict::new(failed(), None).is_ok());
        assert!(Verdict::new(failed(), Some(&EXCEPTION)).is_ok());
        assert!(!Verdict::new(Ok(()), Some(&EXCEPTION)).is_ok());
    }

    #[test]
    fn an_exception_without_a_case_is_not_ok() {
        let report = Report {
            outcomes: vec![],
            unknown: vec!["x".to_owned()],
        };
        assert!(!report.is_ok());
        assert!(report.to_string().contains("no such case"));
    }
}
