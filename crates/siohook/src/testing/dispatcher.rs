use std::fmt;
use std::future::poll_fn;
use std::task::Poll;

use siohook_sender::Sample;

use super::report::TestReport;
use crate::{Dispatcher, Incoming};

/// A dispatcher for one test. It trusts every [`Sample`], and shares only the list of linked
/// handlers with the dispatchers of other tests.
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
/// Cloning is cheap, and all clones share one redelivery memory.
#[derive(Clone)]
pub struct TestDispatcher(Dispatcher);

impl TestDispatcher {
    /// Sends a sample and returns what its handlers did. Sending the same sample again is a
    /// redelivery; [`Sample::another`] makes a new delivery.
    ///
    /// ```standalone_crate
    /// # use siohook::on_event;
    /// # #[on_event("SALE_NEW")]
    /// # fn grant() {}
    /// use siohook::ReplyOutcome;
    /// use siohook::testing::{Sample, TestDispatcher, block_on};
    ///
    /// let dispatcher = TestDispatcher::builder().only("grant").build();
    /// let sale = Sample::of("SALE_NEW");
    /// block_on(dispatcher.send(&sale)).assert_done();
    /// block_on(dispatcher.send(&sale)).assert_outcome(ReplyOutcome::DoneBefore);
    /// block_on(dispatcher.send(&sale.another())).assert_done();
    /// ```
    ///
    /// The future borrows nothing, so it can be spawned.
    pub fn send(&self, sample: &Sample) -> impl Future<Output = TestReport> + Send + use<> {
        self.deliver(sample.to_string(), sample.into())
    }

    /// Sends samples one after the other. The reports are in the same order.
    ///
    /// ```standalone_crate
    /// # use siohook::on_event;
    /// # #[on_event("SALE_*")]
    /// # fn audit() {}
    /// use siohook::testing::{Sample, TestDispatcher, block_on};
    ///
    /// let dispatcher = TestDispatcher::builder().only("audit").build();
    /// let samples = ["SALE_NEW", "SALE_CANCELED"].map(Sample::of);
    /// for report in block_on(dispatcher.send_each(&samples)) {
    ///     report.assert_done();
    /// }
    /// ```
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

    /// Sends samples at the same time, on this task. The reports are in the order of the
    /// samples.
    ///
    /// Handlers take turns at their `await`s only. To send from several threads, spawn the
    /// futures of [`send`](Self::send).
    ///
    /// ```standalone_crate
    /// use siohook::testing::{Sample, TestDispatcher, block_on};
    /// use siohook::{ReplyOutcome, on_event};
    ///
    /// #[on_event("SALE_NEW")]
    /// async fn grant() {
    ///     tokio::task::yield_now().await;
    /// }
    ///
    /// let dispatcher = TestDispatcher::builder().only("grant").build();
    /// let sale = Sample::of("SALE_NEW");
    /// let reports = block_on(dispatcher.send_at_once([&sale, &sale]));
    /// reports[0].assert_done();
    /// reports[1].assert_outcome(ReplyOutcome::InProgress);
    /// ```
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

    /// Receives a request that is not a sample.
    ///
    /// ```standalone_crate
    /// # use siohook::on_event;
    /// # #[on_event("SALE_NEW")]
    /// # fn grant() {}
    /// use siohook::testing::{TestDispatcher, block_on};
    /// use siohook::{Incoming, Reason};
    ///
    /// let dispatcher = TestDispatcher::builder().only("grant").build();
    /// let report = block_on(dispatcher.receive(Incoming::new("GET", "")));
    /// report.assert_status(405).assert_refused(Reason::MethodNotAllowed);
    /// ```
    pub fn receive(&self, incoming: Incoming) -> impl Future<Output = TestReport> + Send + use<> {
        self.deliver("a request".to_owned(), incoming)
    }

    fn deliver(
        &self,
        sent: String,
        incoming: Incoming,
    ) -> impl Future<Output = TestReport> + Send + use<> {
        let dispatcher = self.0.clone();
        async move {
            let result = match dispatcher.verify(incoming) {
                Ok(delivery) => Ok(dispatcher.dispatch(&delivery).await),
                Err(rejection) => Err(rejection),
            };
            TestReport::new(sent, result, dispatcher.handlers().clone())
        }
    }

    /// Returns the dispatcher, for example to plug it into a router.
    ///
    /// ```
    /// # fn f(dispatcher: siohook::testing::TestDispatcher) {
    /// let service = dispatcher.dispatcher().service();
    /// # let _ = service;
    /// # }
    /// ```
    #[must_use]
    pub fn dispatcher(&self) -> &Dispatcher {
        &self.0
    }
}

/// Takes a dispatcher that was built elsewhere. It trusts what it was configured with, so
/// samples need [`signed_with`](Sample::signed_with) or [`token`](Sample::token).
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
