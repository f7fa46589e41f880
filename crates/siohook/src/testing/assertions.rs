//! The assertions of a [`TestReport`].

use siohook_events::Shown;

use super::report::TestReport;
use crate::{HandlerReport, Outcome, Reason, Rejection, ReplyOutcome};

#[expect(clippy::must_use_candidate, reason = "the result is for chaining")]
impl TestReport {
    /// Asserts that every handler succeeded, at least one of them in this attempt. The reply
    /// is 200 `done`.
    ///
    /// ```
    /// # fn f(report: &siohook::testing::TestReport) {
    /// report.assert_done();
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If a handler did not succeed, or all were done in an earlier attempt.
    #[track_caller]
    pub fn assert_done(&self) -> &Self {
        self.assert_outcome(ReplyOutcome::Done);
        let succeeded =
            |it: &HandlerReport| matches!(it.outcome(), Outcome::Done | Outcome::DoneBefore);
        // The reply is `done` even if an unlisted event does not match a pattern's handler.
        if !self.report().handlers().iter().all(succeeded) {
            self.fail("expected every handler to succeed");
        }
        self
    }

    /// Asserts the outcome of the reply.
    ///
    /// ```
    /// use siohook::ReplyOutcome;
    ///
    /// # fn f(report: &siohook::testing::TestReport) {
    /// report.assert_outcome(ReplyOutcome::FailedForGood);
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the reply has another outcome.
    #[track_caller]
    pub fn assert_outcome(&self, outcome: ReplyOutcome) -> &Self {
        if self.reply().outcome() != outcome {
            self.fail(&format!("expected the outcome `{outcome}`"));
        }
        self
    }

    /// Asserts the HTTP status of the reply.
    ///
    /// ```
    /// # fn f(report: &siohook::testing::TestReport) {
    /// report.assert_status(503);
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the reply has another status.
    #[track_caller]
    pub fn assert_status(&self, status: u16) -> &Self {
        if self.reply().status() != status {
            self.fail(&format!("expected the status {status}"));
        }
        self
    }

    /// Asserts that the handler was called, whatever its outcome.
    ///
    /// ```
    /// # fn f(report: &siohook::testing::TestReport) {
    /// report.assert_ran("shop::grant").assert_ran("invoice");
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the handler was not called.
    #[track_caller]
    pub fn assert_ran(&self, path: &str) -> &Self {
        self.assert(path, "run", ran)
    }

    /// Asserts that the handler was not called: it does not listen to the event, it was done
    /// in an earlier attempt, an argument did not match, or the delivery was refused.
    ///
    /// ```
    /// # fn f(report: &siohook::testing::TestReport) {
    /// report.assert_not_ran("revoke");
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the handler was called, or if the dispatcher has no such handler.
    #[track_caller]
    pub fn assert_not_ran(&self, path: &str) -> &Self {
        if self.find(path).is_some_and(|it| ran(it.outcome())) {
            self.fail(&format!("expected `{}` not to run", Shown::value(path)));
        }
        self
    }

    /// Asserts that the handler returned an error.
    ///
    /// ```
    /// # fn f(report: &siohook::testing::TestReport) {
    /// report.assert_failed("grant").assert_status(500);
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the handler has another outcome.
    #[track_caller]
    pub fn assert_failed(&self, path: &str) -> &Self {
        self.assert(path, "fail", |outcome| {
            matches!(outcome, Outcome::Failed(_))
        })
    }

    /// Asserts that the handler panicked.
    ///
    /// ```
    /// # fn f(report: &siohook::testing::TestReport) {
    /// report.assert_panicked("grant").assert_status(500);
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the handler has another outcome.
    #[track_caller]
    pub fn assert_panicked(&self, path: &str) -> &Self {
        self.assert(path, "panic", |outcome| {
            matches!(outcome, Outcome::Panicked(_))
        })
    }

    /// Asserts that the handler was not called, because an argument could not be taken from
    /// the delivery.
    ///
    /// ```
    /// # fn f(report: &siohook::testing::TestReport) {
    /// report.assert_mismatch("grant").assert_status(422);
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the handler has another outcome.
    #[track_caller]
    pub fn assert_mismatch(&self, path: &str) -> &Self {
        self.assert(path, "be a mismatch", |outcome| {
            matches!(outcome, Outcome::Mismatch(_))
        })
    }

    /// Asserts that the delivery was refused for this reason.
    ///
    /// ```
    /// use siohook::Reason;
    ///
    /// # fn f(report: &siohook::testing::TestReport) {
    /// report.assert_refused(Reason::SignatureWrong).assert_status(401);
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the delivery was accepted, or refused for another reason.
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
