use std::fmt;
use std::panic::resume_unwind;
use std::sync::LazyLock;
use std::thread::scope;

use crate::case::{Case, Needs};
use crate::cases::cases;
use crate::preface::speaks_http2;
use crate::server::Server;

/// Case that a framework can't pass.
///
/// ```
/// use siohook_conformance::Exception;
///
/// let exceptions = [Exception {
///     case: "token_before_body",
///     reason: "the framework reads the body before it routes",
/// }];
/// # let _ = exceptions;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Exception<'a> {
    /// The name of the case.
    pub case: &'a str,
    /// Why the framework can't pass it. The report shows this text.
    pub reason: &'a str,
}

/// Outcomes of all cases.
///
/// `Display` writes a line for each case that did not pass, and a summary.
///
/// ```no_run
/// # fn f(server: &siohook_conformance::Server) {
/// let report = siohook_conformance::check(server, &[]);
/// assert!(report.is_ok(), "{report}");
/// # }
/// ```
#[derive(Debug)]
pub struct Report {
    outcomes: Vec<Outcome>,
    unknown: Vec<String>,
}

/// Outcome of one case. `Display` writes the case and its verdict.
///
/// ```
/// # fn f(report: &siohook_conformance::Report) {
/// for outcome in report.outcomes() {
///     println!("{outcome}");
/// }
/// # }
/// ```
#[derive(Debug)]
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
/// use siohook_conformance::{Report, Verdict};
///
/// fn failures(report: &Report) -> usize {
///     let failed = |verdict: &Verdict| matches!(verdict, Verdict::Failed(_));
///     report.outcomes().iter().filter(|outcome| failed(&outcome.verdict)).count()
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The server behaved as expected.
    Passed,
    /// The server behaved differently. The text says how.
    Failed(String),
    /// The server behaved differently, and an exception gives this reason.
    ExpectedFailure(String),
    /// The server behaved as expected, although an exception gives this reason. Remove the
    /// exception.
    UnexpectedPass(String),
}

/// Runs all cases on a server: one after the other, and then those with an exception at the same time.
///
/// It takes a few seconds. It waits at most 10 seconds for each response. It blocks, so call
/// it from a thread that serves no requests.
///
/// ```no_run
/// use siohook_conformance::{Server, check};
///
/// let server = Server {
///     address: "127.0.0.1:3000".parse()?,
///     source_ips: Some("127.0.0.1:3001".parse()?),
///     trusted_proxies: Some("127.0.0.1:3002".parse()?),
/// };
/// let report = check(&server, &[]);
/// assert!(report.is_ok(), "{report}");
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[must_use]
pub fn check(server: &Server, exceptions: &[Exception<'_>]) -> Report {
    let http2 =
        LazyLock::new(|| speaks_http2(server.address).map_err(|failure| failure.to_string()));
    let exception = |case: &Case| exceptions.iter().find(|known| known.case == case.name());
    let outcome = |case: &'static Case| {
        let tried = match case.needs() {
            Needs::Http2 => http2.clone(),
            _ => Ok(()),
        };
        Outcome {
            case,
            verdict: Verdict::new(tried.and_then(|()| case.try_on(server)), exception(case)),
        }
    };
    let (known, others): (Vec<_>, Vec<_>) =
        cases().iter().partition(|case| exception(case).is_some());
    let mut outcomes: Vec<_> = others.into_iter().map(outcome).collect();
    // A case that fails mostly waits for a response in vain. It may also end the server.
    scope(|scope| {
        let known = known.into_iter().map(|case| scope.spawn(|| outcome(case)));
        let known: Vec<_> = known.collect();
        let joined = known
            .into_iter()
            .map(|one| one.join().unwrap_or_else(|panic| resume_unwind(panic)));
        outcomes.extend(joined);
    });
    let position = |name| cases().iter().position(|case| case.name() == name);
    outcomes.sort_by_key(|outcome| position(outcome.case.name()));
    let is_unknown = |name: &&str| !cases().iter().any(|case| case.name() == *name);
    let names = exceptions.iter().map(|exception| exception.case);
    Report {
        outcomes,
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

    /// Returns whether the case passed without an exception, or failed with one.
    ///
    /// ```
    /// use siohook_conformance::Verdict;
    ///
    /// assert!(Verdict::Passed.is_ok());
    /// assert!(Verdict::ExpectedFailure("the framework has no HTTP/2".to_owned()).is_ok());
    /// assert!(!Verdict::Failed("the status is 500".to_owned()).is_ok());
    /// ```
    #[must_use]
    pub fn is_ok(&self) -> bool {
        matches!(self, Self::Passed | Self::ExpectedFailure(_))
    }
}

impl Report {
    /// Returns the outcome of each case, in the order of [`cases`].
    ///
    /// ```
    /// # fn f(report: &siohook_conformance::Report) {
    /// let bad = report.outcomes().iter().filter(|outcome| !outcome.verdict.is_ok());
    /// for outcome in bad {
    ///     eprintln!("{}: {}", outcome.case.name(), outcome.verdict);
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// Returns the names in exceptions that are not names of cases.
    ///
    /// ```
    /// # fn f(report: &siohook_conformance::Report) {
    /// assert!(report.unknown_exceptions().is_empty());
    /// # }
    /// ```
    #[must_use]
    pub fn unknown_exceptions(&self) -> &[String] {
        &self.unknown
    }

    /// Returns whether each case without an exception passed, each case with one failed, and
    /// each exception names a case.
    ///
    /// ```
    /// # fn f(report: &siohook_conformance::Report) {
    /// assert!(report.is_ok(), "{report}");
    /// # }
    /// ```
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
            writeln!(f, "{name}: an exception names it, but no such case exists")?;
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
            Self::UnexpectedPass(reason) => write!(f, "PASSED despite the exception: {reason}"),
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
    fn an_exception_is_ok_only_while_its_case_fails() {
        let failed = || Err("not x".to_owned());
        assert!(Verdict::new(Ok(()), None).is_ok());
        assert!(!Verdict::new(failed(), None).is_ok());
        assert!(Verdict::new(failed(), Some(&EXCEPTION)).is_ok());
        assert!(!Verdict::new(Ok(()), Some(&EXCEPTION)).is_ok());
    }

    #[test]
    fn an_exception_for_an_unknown_case_is_not_ok() {
        let report = Report {
            outcomes: vec![],
            unknown: vec!["x".to_owned()],
        };
        assert!(!report.is_ok());
        assert!(report.to_string().contains("no such case"));
    }
}
