use std::fmt;

use siohook_events::Shown;

use super::path::is_at;
use crate::{HandlerReport, Handlers, Outcome, Reason, Rejection, Reply, ReplyOutcome, Report};

/// What became of a delivery in a test, and assertions about it.
///
/// An assertion that does not hold panics at its own line, and prints all that
/// ran: each handler with `file:line:column` and its outcome, the reply, and of a
/// refusal its code and hint. Texts are cut and escaped as in a [`Report`].
/// Assertions can be chained.
///
/// Handlers are named by the last segments of their paths, `grant` or
/// `shop::grant`, or by their ids. A name that fits no handler of the dispatcher
/// fails the assertion, and so does one that fits several that heard the event.
pub struct TestReport {
    what: String,
    result: Result<Report, Rejection>,
    reply: Reply,
    handlers: Handlers,
}

impl TestReport {
    pub(super) fn new(what: String, result: Result<Report, Rejection>, handlers: Handlers) -> Self {
        let reply = match &result {
            Ok(report) => report.reply().clone(),
            Err(rejection) => rejection.reply(),
        };
        Self {
            what,
            result,
            reply,
            handlers,
        }
    }

    /// What the sender is answered.
    #[must_use]
    pub fn reply(&self) -> &Reply {
        &self.reply
    }

    /// What became of each handler.
    ///
    /// # Panics
    ///
    /// The delivery was refused.
    #[must_use]
    #[track_caller]
    pub fn report(&self) -> &Report {
        match &self.result {
            Ok(report) => report,
            Err(_) => self.fail("expected a report"),
        }
    }

    /// Why the delivery was refused, if it was.
    #[must_use]
    pub fn rejection(&self) -> Option<&Rejection> {
        self.result.as_ref().err()
    }

    /// What became of one handler, to look at its error, say.
    ///
    /// # Panics
    ///
    /// It is not a handler of the event.
    #[must_use]
    #[track_caller]
    pub fn handler(&self, path: &str) -> &HandlerReport {
        match self.find(path) {
            Some(handler) => handler,
            None => self.fail_without(path, "hear of it"),
        }
    }

    #[track_caller]
    fn assert(&self, path: &str, what: &str, holds: fn(&Outcome) -> bool) -> &Self {
        match self.find(path) {
            Some(handler) if holds(handler.outcome()) => self,
            Some(_) => self.fail(&format!("expected `{}` to {what}", Shown::value(path))),
            None => self.fail_without(path, what),
        }
    }

    /// Of a handler that did not hear of the delivery, says what it listens to.
    #[track_caller]
    fn fail_without(&self, path: &str, what: &str) -> ! {
        let handlers = self.handlers.iter().filter(|handler| is_at(handler, path));
        let listens: Vec<_> = handlers
            .map(|it| {
                format!(
                    "{} listens to {} ({})",
                    it.name(),
                    it.event(),
                    it.location()
                )
            })
            .collect();
        let listens = listens.join("\n");
        let path = Shown::value(path);
        self.fail(&format!("expected `{path}` to {what}\n{listens}"))
    }

    /// The handler at a path, if it heard of the delivery.
    #[track_caller]
    fn find(&self, path: &str) -> Option<&HandlerReport> {
        assert!(
            self.handlers.iter().any(|handler| is_at(handler, path)),
            "no handler of this dispatcher is at `{}`\n\n{}",
            Shown::value(path),
            self.handlers
        );
        let heard = self.result.as_ref().map_or(&[][..], Report::handlers);
        let mut found = heard.iter().filter(|handler| is_at(handler.info(), path));
        let first = found.next();
        if found.next().is_some() {
            self.fail(&format!(
                "`{}` is several handlers: name more of the path",
                Shown::value(path)
            ));
        }
        first
    }

    #[track_caller]
    fn fail(&self, expected: &str) -> ! {
        panic!("{expected}\n\n{self}")
    }
}

#[expect(clippy::must_use_candidate, reason = "asserting is enough")]
impl TestReport {
    /// Every handler succeeded, at least one of them now, and the sender is answered
    /// 200 `done`.
    #[track_caller]
    pub fn assert_done(&self) -> &Self {
        self.assert_outcome(ReplyOutcome::Done);
        let succeeded =
            |it: &HandlerReport| matches!(it.outcome(), Outcome::Done | Outcome::DoneBefore);
        // The sender is not told of what an unlisted event lacks for a pattern's handler.
        if !self.report().handlers().iter().all(succeeded) {
            self.fail("expected every handler to succeed");
        }
        self
    }

    /// The outcome that the reply names.
    #[track_caller]
    pub fn assert_outcome(&self, outcome: ReplyOutcome) -> &Self {
        if self.reply.outcome() != outcome {
            self.fail(&format!("expected the outcome `{outcome}`"));
        }
        self
    }

    /// The HTTP status of the reply.
    #[track_caller]
    pub fn assert_status(&self, status: u16) -> &Self {
        if self.reply.status() != status {
            self.fail(&format!("expected the status {status}"));
        }
        self
    }

    /// The handler was called, however it ended.
    #[track_caller]
    pub fn assert_ran(&self, path: &str) -> &Self {
        self.assert(path, "run", ran)
    }

    /// The handler was not called: it does not listen to the event, was done in an
    /// earlier attempt, or could not take the payload; or the delivery was refused.
    #[track_caller]
    pub fn assert_not_ran(&self, path: &str) -> &Self {
        if self.find(path).is_some_and(|it| ran(it.outcome())) {
            self.fail(&format!("expected `{}` not to run", Shown::value(path)));
        }
        self
    }

    /// The handler ran and returned an error.
    #[track_caller]
    pub fn assert_failed(&self, path: &str) -> &Self {
        self.assert(path, "fail", |outcome| {
            matches!(outcome, Outcome::Failed(_))
        })
    }

    /// The handler panicked.
    #[track_caller]
    pub fn assert_panicked(&self, path: &str) -> &Self {
        self.assert(path, "panic", |outcome| {
            matches!(outcome, Outcome::Panicked(_))
        })
    }

    /// The handler was not called, because an argument could not be taken from the
    /// delivery.
    #[track_caller]
    pub fn assert_mismatch(&self, path: &str) -> &Self {
        self.assert(path, "be a mismatch", |outcome| {
            matches!(outcome, Outcome::Mismatch(_))
        })
    }

    /// The delivery was refused for this reason.
    #[track_caller]
    pub fn assert_refused(&self, reason: Reason) -> &Self {
        if self.rejection().map(Rejection::reason) != Some(reason) {
            self.fail(&format!("expected a refusal with the code `{reason}`"));
        }
        self
    }
}

fn ran(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Done | Outcome::Failed(_) | Outcome::Panicked(_) | Outcome::Cancelled => true,
        Outcome::Mismatch(_) | Outcome::DoneBefore => false,
    }
}

/// All that ran, and what is needed to see why the rest did not.
impl fmt::Display for TestReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Shown::report(Lines(self)).fmt(f)
    }
}

/// A report, however long it is.
struct Lines<'a>(&'a TestReport);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TestReport {
            what,
            result,
            reply,
            handlers,
        } = self.0;
        write!(f, "{what}: {} {}", reply.status(), reply.outcome())?;
        let heard = match result {
            Ok(report) => report.handlers(),
            Err(rejection) => return write!(f, "\n  refused, {}: {rejection}", rejection.code()),
        };
        heard
            .iter()
            .try_for_each(|handler| write!(f, "\n  {handler}"))?;
        match reply.outcome() {
            ReplyOutcome::Unhandled => {
                write!(f, "\n  no handler listens to it:\n{handlers}")
            }
            ReplyOutcome::DoneBefore => f.write_str(
                "\n  it is taken for another attempt: a clone of an account sample is the same \
                 delivery, and so is every automation with the same body; see `Sample::another`",
            ),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for TestReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
