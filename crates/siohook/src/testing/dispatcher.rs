use std::fmt;
use std::future::poll_fn;
use std::task::Poll;

use siohook_sender::Sample;

use super::path::is_at;
use super::report::TestReport;
use crate::{Dispatcher, DispatcherBuilder, HandlerInfo, Handlers, Incoming, Problem};

/// A dispatcher for one test: it trusts every [`Sample`] as it comes, and shares
/// nothing with those of other tests but the list of linked handlers.
///
/// ```standalone_crate
/// use siohook::testing::{Sample, TestDispatcher, block_on};
/// use siohook::{ReplyOutcome, account, on_event};
///
/// #[on_event("SALE_NEW")]
/// async fn grant(sale: account::SaleNew) -> Result<(), &'static str> {
///     if sale.price_plan.amount.get() == 0 { Err("nothing was paid") } else { Ok(()) }
/// }
///
/// let dispatcher = TestDispatcher::builder().only("grant").build();
/// let sale = Sample::of("SALE_NEW");
/// block_on(dispatcher.send(&sale)).assert_done();
/// block_on(dispatcher.send(&sale)).assert_outcome(ReplyOutcome::DoneBefore);
///
/// let gift = Sample::of("SALE_NEW").set("/pricePlan/amount", 0);
/// block_on(dispatcher.send(&gift)).assert_status(500).assert_failed("grant");
/// ```
///
/// It is cheap to clone; clones share the redelivery memory, as clones of a
/// [`Dispatcher`] do.
#[derive(Clone)]
pub struct TestDispatcher(Dispatcher);

impl TestDispatcher {
    /// Starts with the defaults of [`DispatcherBuilder`], and all linked handlers.
    pub fn builder() -> TestDispatcherBuilder {
        Self::builder_from(Dispatcher::builder())
    }

    /// Starts with your program's own configuration. It trusts
    /// [`SECRET`](super::SECRET) and [`TOKEN`](super::TOKEN) besides.
    pub fn builder_from(builder: DispatcherBuilder) -> TestDispatcherBuilder {
        TestDispatcherBuilder {
            builder: super::trusting(builder),
            only: vec![],
        }
    }

    /// Sends a sample, and tells what became of it. The same sample again is the
    /// same delivery again.
    ///
    /// The future borrows nothing, so that it can be spawned.
    pub fn send(&self, sample: &Sample) -> impl Future<Output = TestReport> + Send + use<> {
        self.deliver(sample.to_string(), sample.into())
    }

    /// Sends samples one after the other.
    pub async fn send_each<I>(&self, samples: I) -> Vec<TestReport>
    where
        I: IntoIterator,
        I::Item: AsRef<Sample>,
    {
        let mut reports = vec![];
        for sample in samples {
            reports.push(self.send(sample.as_ref()).await);
        }
        reports
    }

    /// Sends samples at the same time: all are begun, and go on side by side on
    /// this task. The reports are in the order of the samples.
    ///
    /// A handler is interrupted at its `await`s only. To send from several threads,
    /// spawn what [`send`](Self::send) gives.
    pub async fn send_at_once<I>(&self, samples: I) -> Vec<TestReport>
    where
        I: IntoIterator,
        I::Item: AsRef<Sample>,
    {
        let sent = samples
            .into_iter()
            .map(|it| Box::pin(self.send(it.as_ref())));
        let mut sent: Vec<_> = sent.map(|sending| (sending, None)).collect();
        poll_fn(|cx| {
            for (sending, report) in sent.iter_mut().filter(|(_, report)| report.is_none()) {
                if let Poll::Ready(done) = sending.as_mut().poll(cx) {
                    *report = Some(done);
                }
            }
            if sent.iter().all(|(_, report)| report.is_some()) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
        sent.into_iter().filter_map(|(_, report)| report).collect()
    }

    /// Receives a request of any kind.
    pub fn receive(&self, incoming: Incoming) -> impl Future<Output = TestReport> + Send + use<> {
        self.deliver("a request".to_owned(), incoming)
    }

    fn deliver(
        &self,
        what: String,
        incoming: Incoming,
    ) -> impl Future<Output = TestReport> + Send + use<> {
        let dispatcher = self.0.clone();
        async move {
            let result = match dispatcher.verify(incoming) {
                Ok(delivery) => Ok(dispatcher.dispatch(&delivery).await),
                Err(rejection) => Err(rejection),
            };
            TestReport::new(what, result, dispatcher.handlers().clone())
        }
    }

    /// The dispatcher, to plug it into a router, say.
    #[must_use]
    pub fn dispatcher(&self) -> &Dispatcher {
        &self.0
    }
}

/// A dispatcher that was built elsewhere. It trusts what it was configured with,
/// so samples need [`signed_with`](Sample::signed_with) and
/// [`token`](Sample::token).
impl From<Dispatcher> for TestDispatcher {
    fn from(dispatcher: Dispatcher) -> Self {
        Self(dispatcher)
    }
}

impl fmt::Debug for TestDispatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TestDispatcher").field(&self.0).finish()
    }
}

/// Builds a [`TestDispatcher`].
#[derive(Debug)]
#[must_use]
pub struct TestDispatcherBuilder {
    builder: DispatcherBuilder,
    only: Vec<String>,
}

impl TestDispatcherBuilder {
    /// Uses the handlers of this path only: the last segments of it are enough,
    /// `grant` or `shop::grant`. So is an `id`. Repeat it for more handlers.
    pub fn only(mut self, path: &str) -> Self {
        self.only.push(path.to_owned());
        self
    }

    /// Provides what handlers take as [`State<T>`](crate::State).
    pub fn state<T: Clone + Send + Sync + 'static>(self, value: T) -> Self {
        self.configure(|builder| builder.state(value))
    }

    /// Configures anything else.
    ///
    /// ```
    /// use siohook::testing::TestDispatcher;
    ///
    /// let builder = TestDispatcher::builder()
    ///     .configure(|builder| builder.redelivery_memory(0).max_body_bytes(4096));
    /// # let _ = builder;
    /// ```
    pub fn configure(
        mut self,
        configure: impl FnOnce(DispatcherBuilder) -> DispatcherBuilder,
    ) -> Self {
        self.builder = configure(self.builder);
        self
    }

    /// Builds the dispatcher.
    ///
    /// # Panics
    ///
    /// With all that is wrong with it: a path that is that of no linked handler,
    /// or what [`DispatcherBuilder::build`] reports, such as a state that a handler
    /// takes and nobody provided.
    #[must_use]
    #[track_caller]
    pub fn build(self) -> TestDispatcher {
        let Self { builder, only } = self;
        let linked = Handlers::linked();
        let unknown = only
            .iter()
            .find(|path| !linked.iter().any(|it| is_at(it, path)));
        if let Some(path) = unknown {
            assert!(!linked.is_empty(), "{}", Problem::no_handlers(0));
            panic!("no linked handler is at `{path}`\n\n{linked}");
        }
        let selects = move |handler: &HandlerInfo| {
            only.is_empty() || only.iter().any(|path| is_at(handler, path))
        };
        match builder.select(selects).build() {
            Ok(dispatcher) => TestDispatcher(dispatcher),
            Err(error) => panic!("{error}"),
        }
    }
}
