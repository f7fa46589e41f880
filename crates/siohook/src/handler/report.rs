use std::fmt;

use siohook_events::Shown;
use smallvec::SmallVec;

use super::outcome::HandlerReport;
use super::suggestion;
use crate::delivery::Delivery;
use crate::request::{Reply, ReplyOutcome};

/// The result of a delivery: the outcome of each handler, and the reply.
///
/// [`dispatch`](crate::Dispatcher::dispatch) returns it, and
/// [`on_report`](crate::DispatcherBuilder::on_report) is called with it.
/// [`run`](crate::Dispatcher::run) makes one for each handler that it runs.
///
/// ```
/// use siohook::{Dispatcher, Outcome};
///
/// let builder = Dispatcher::builder().on_report(|report| {
///     println!("{report}");
///     for handler in report.handlers() {
///         if let Outcome::Panicked(message) = handler.outcome() {
///             eprintln!("{} has a bug: {message}", handler.name());
///         }
///     }
/// });
/// # let _ = builder;
/// ```
///
/// `Display` writes one line for the delivery, one for each member of the body that could not
/// be [read](Delivery::unread), and one for each handler:
///
/// ```text
/// SALE_NEW account:m-1:9c56cc51b374c3ba189210d5b6d4bf57: 500 failed
///   shop::grant (src/shop.rs:12:10): failed: opening the course: connection refused [3.1ms]
///   shop::invoice (src/shop.rs:30:4): done [210µs]
/// ```
///
/// The texts of handlers' errors are part of it, each with all its sources. `Display` and
/// `Debug` show at most 200 bytes of a value from outside, 2 KiB of the text of an error or a
/// panic, and 16 KiB in total. Control characters are escaped.
pub struct Report {
    delivery: Delivery,
    handlers: HandlerReports,
    reply: Reply,
}

/// Most events have one handler.
pub(crate) type HandlerReports = SmallVec<[HandlerReport; 1]>;

impl Report {
    /// Makes the report of a delivery that has not ended. It stays cancelled if the work is
    /// dropped.
    pub(crate) fn new(delivery: Delivery, handlers: HandlerReports) -> Self {
        Self {
            delivery,
            handlers,
            reply: Reply::CANCELLED,
        }
    }

    pub(crate) fn parts(&mut self) -> (&Delivery, &mut HandlerReports) {
        (&self.delivery, &mut self.handlers)
    }

    pub(crate) fn with_reply(self, reply: Reply) -> Self {
        Self { reply, ..self }
    }

    /// Returns the delivery.
    ///
    /// ```
    /// # fn f(report: &siohook::Report) {
    /// let delivery = report.delivery();
    /// println!("{} {} {:?}", delivery.event(), delivery.key(), delivery.trust());
    /// # }
    /// ```
    #[must_use]
    pub fn delivery(&self) -> &Delivery {
        &self.delivery
    }

    /// Returns the report of each handler, in the order of
    /// [`Dispatcher::handlers`](crate::Dispatcher::handlers). It is empty if no handler
    /// listens to the event, if the same delivery is in progress, or if the delivery was given
    /// to a [keeper](crate::Dispatcher::keep_with).
    ///
    /// ```
    /// # fn f(report: &siohook::Report) {
    /// for handler in report.handlers() {
    ///     println!("{}: {}", handler.name(), handler.outcome());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn handlers(&self) -> &[HandlerReport] {
        &self.handlers
    }

    /// Returns the reply to the sender. In a report of [`run`](crate::Dispatcher::run) it is what
    /// the sender would have got for that handler.
    ///
    /// ```
    /// use siohook::ReplyOutcome;
    ///
    /// # fn f(report: &siohook::Report) {
    /// if report.reply().outcome() == ReplyOutcome::FailedForGood {
    ///     eprintln!("systeme.io will not send it again: {report}");
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn reply(&self) -> &Reply {
        &self.reply
    }

    pub(crate) fn into_reply(self) -> Reply {
        self.reply
    }

    /// Returns a ready-to-paste handler if no handler listens to the event.
    ///
    /// ```text
    /// #[siohook::on_event("SALE_NEW")]
    /// async fn on_sale_new(event: siohook::account::SaleNew) {
    ///     let _ = event;
    /// }
    /// ```
    ///
    /// For a name that the catalogue does not have, it includes a type for the payload. It is
    /// `None` for a text that `#[on_event]` does not take: an empty one, one with white space
    /// or `*`, or one of more than 100 bytes. It is also `None` for an unlisted name in the
    /// spelling of the other mechanism, because only a handler of `*` is called for that.
    ///
    /// Print it from [`on_report`](crate::DispatcherBuilder::on_report), or enable the
    /// feature `tracing`, which warns once for each name:
    ///
    /// ```
    /// use siohook::Dispatcher;
    ///
    /// let builder = Dispatcher::builder().on_report(|report| {
    ///     if let Some(handler) = report.suggestion() {
    ///         println!("no handler listens to it yet:\n{handler}");
    ///     }
    /// });
    /// # let _ = builder;
    /// ```
    #[must_use]
    pub fn suggestion(&self) -> Option<String> {
        self.is_unhandled()
            .then(|| suggestion::handler_of(&self.delivery))?
    }

    pub(crate) fn is_unhandled(&self) -> bool {
        self.reply.outcome() == ReplyOutcome::Unhandled
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Shown::report(Lines(self)).fmt(f)
    }
}

/// The text of a report, before it is cut.
struct Lines<'a>(&'a Report);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report {
            delivery,
            handlers,
            reply,
        } = self.0;
        write!(
            f,
            "{} {}: {} {}",
            delivery.event(),
            delivery.key(),
            reply.status(),
            reply.outcome()
        )?;
        let mut unread = delivery.unread().iter();
        unread.try_for_each(|member| write!(f, "\n  unread: {member}"))?;
        handlers
            .iter()
            .try_for_each(|handler| write!(f, "\n  {handler}"))
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = Lines(self);
        if f.alternate() {
            write!(f, "{}", Shown::report(format_args!("{lines:#?}")))
        } else {
            write!(f, "{}", Shown::report(format_args!("{lines:?}")))
        }
    }
}

impl fmt::Debug for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report")
            .field("delivery", &self.0.delivery)
            .field("handlers", &self.0.handlers)
            .field("reply", &self.0.reply)
            .finish()
    }
}
