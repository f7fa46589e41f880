use std::fmt;

use siohook_events::Shown;

use super::path::is_at;
use crate::{HandlerReport, Handlers, Outcome, Rejection, Reply, ReplyOutcome, Report};

/// The result of a delivery in a test, with assertions.
///
/// Assertions can be chained. One that fails panics at its own line. The message shows each
/// handler with its `file:line:column` and outcome, and the reply. If the delivery was refused,
/// it shows the code and the hint. Texts are cut and escaped as in a [`Report`].
///
/// Handlers are named by the last segments of their paths, such as `grant` or `shop::grant`, or
/// by their ids. An assertion fails if the name belongs to no handler of the dispatcher, or to
/// several handlers of the event.
///
/// ```standalone_crate
/// use siohook::on_event;
/// use siohook::testing::{Sample, TestDispatcher, block_on};
///
/// #[on_event("SALE_NEW")]
/// fn grant() {}
///
/// #[on_event("SALE_NEW")]
/// fn invoice() -> Result<(), &'static str> {
///     Err("the printer is away")
/// }
///
/// let dispatcher = TestDispatcher::builder().only("grant").only("invoice").build();
/// let report = block_on(dispatcher.send(&Sample::of("SALE_NEW")));
/// report.assert_status(500).assert_ran("grant").assert_failed("invoice");
/// ```
pub struct TestReport {
    /// The sample, or what else was sent.
    sent: String,
    result: Result<Report, Rejection>,
    reply: Reply,
    handlers: Handlers,
}

impl TestReport {
    pub(super) fn new(sent: String, result: Result<Report, Rejection>, handlers: Handlers) -> Self {
        let reply = match &result {
            Ok(report) => report.reply().clone(),
            Err(rejection) => rejection.reply(),
        };
        Self {
            sent,
            result,
            reply,
            handlers,
        }
    }

    /// Returns the reply to the sender.
    ///
    /// ```
    /// # fn f(report: &siohook::testing::TestReport) {
    /// assert_eq!(report.reply().header("retry-after"), Some("60"));
    /// # }
    /// ```
    #[must_use]
    pub fn reply(&self) -> &Reply {
        &self.reply
    }

    /// Returns the report of the dispatcher: the delivery, and the outcome of each handler.
    ///
    /// ```
    /// use siohook::Trust;
    ///
    /// # fn f(report: &siohook::testing::TestReport) {
    /// let delivery = report.report().delivery();
    /// assert_eq!(delivery.trust(), Trust::Signed { secret: "testing" });
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the delivery was refused.
    #[must_use]
    #[track_caller]
    pub fn report(&self) -> &Report {
        match &self.result {
            Ok(report) => report,
            Err(_) => self.fail("expected a report"),
        }
    }

    /// Returns why the delivery was refused, or `None` if it was accepted.
    ///
    /// ```
    /// # fn f(report: &siohook::testing::TestReport) {
    /// let rejection = report.rejection().expect("it is not signed");
    /// assert!(rejection.to_string().contains("signature"));
    /// # }
    /// ```
    #[must_use]
    pub fn rejection(&self) -> Option<&Rejection> {
        self.result.as_ref().err()
    }

    /// Returns the report of one handler, for example to look at its error.
    ///
    /// ```
    /// use siohook::Outcome;
    ///
    /// # fn f(report: &siohook::testing::TestReport) {
    /// let Outcome::Failed(error) = report.handler("grant").outcome() else {
    ///     panic!("{report}");
    /// };
    /// assert!(error.is_permanent());
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the name does not belong to exactly one handler of the event.
    #[must_use]
    #[track_caller]
    pub fn handler(&self, path: &str) -> &HandlerReport {
        match self.find(path) {
            Some(handler) => handler,
            None => self.fail_without(path, "listen to the event"),
        }
    }

    #[track_caller]
    pub(super) fn assert(&self, path: &str, what: &str, holds: fn(&Outcome) -> bool) -> &Self {
        match self.find(path) {
            Some(handler) if holds(handler.outcome()) => self,
            Some(_) => self.fail(&format!("expected `{}` to {what}", Shown::value(path))),
            None => self.fail_without(path, what),
        }
    }

    /// Fails because the handler does not listen to the event, and says what it listens to.
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

    /// The handler with this name, or `None` if it does not listen to the event.
    #[track_caller]
    pub(super) fn find(&self, path: &str) -> Option<&HandlerReport> {
        assert!(
            self.handlers.iter().any(|handler| is_at(handler, path)),
            "this dispatcher has no handler with the path `{}`\n\n{}",
            Shown::value(path),
            self.handlers
        );
        let handlers = self.result.as_ref().map_or(&[][..], Report::handlers);
        let mut found = handlers
            .iter()
            .filter(|handler| is_at(handler.info(), path));
        let first = found.next();
        if found.next().is_some() {
            self.fail(&format!(
                "several handlers match `{}`: give more segments of the path",
                Shown::value(path)
            ));
        }
        first
    }

    #[track_caller]
    pub(super) fn fail(&self, expected: &str) -> ! {
        panic!("{expected}\n\n{self}")
    }
}

/// Writes the reply and each handler with its outcome. If no handler ran, it says why.
impl fmt::Display for TestReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Shown::report(Lines(self)).fmt(f)
    }
}

/// The text of a report, before it is cut.
struct Lines<'a>(&'a TestReport);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TestReport {
            sent,
            result,
            reply,
            handlers,
        } = self.0;
        write!(f, "{sent}: {} {}", reply.status(), reply.outcome())?;
        let called = match result {
            Ok(report) => report.handlers(),
            Err(rejection) => return write!(f, "\n  refused, {}: {rejection}", rejection.code()),
        };
        called
            .iter()
            .try_for_each(|handler| write!(f, "\n  {handler}"))?;
        match reply.outcome() {
            ReplyOutcome::Unhandled => {
                write!(f, "\n  no handler listens to it:\n{handlers}")
            }
            ReplyOutcome::DoneBefore => f.write_str(
                "\n  it counts as another attempt: a clone of an account sample is the same delivery, \
                 and so is every automation with the same body; see `Sample::another`",
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
