use std::sync::OnceLock;

use siohook::{FromDelivery, HandlerContext, Mismatch};

/// One run of a handler, as an argument: the number of the attempt, and a key for what must happen
/// once.
///
/// ```
/// use siohook::{HandlerError, account, on_event};
/// use siohook_inbox::Run;
///
/// # async fn charge(_: &str, _: i64) -> Result<(), HandlerError> { Ok(()) }
/// # async fn tell_the_owner(_: &str) {}
/// #[on_event("SALE_NEW", id = "shop.charge")]
/// async fn charge_fee(sale: account::SaleNew, run: Run) -> Result<(), HandlerError> {
///     let charged = charge(run.idempotency_key(), sale.price_plan.amount.get()).await;
///     if charged.is_err() && run.is_last() {
///         tell_the_owner("the fee could not be charged").await;
///     }
///     charged
/// }
/// ```
///
/// It can always be taken. Without an inbox, each run is attempt 1 and not the last one.
#[derive(Clone, Debug)]
pub struct Run {
    attempt: u32,
    is_last: bool,
    /// Of the delivery.
    key: [u8; 38],
    handler: &'static str,
    idempotency_key: OnceLock<Box<str>>,
}

impl Run {
    pub(crate) fn new(key: [u8; 38], handler: &'static str, attempt: u32, is_last: bool) -> Self {
        Self {
            attempt,
            is_last,
            key,
            handler,
            idempotency_key: OnceLock::new(),
        }
    }

    /// Returns the number of this start of the handler, the first of which is 1. Starts in which
    /// the process ended are counted.
    ///
    /// ```
    /// # fn f(run: &siohook_inbox::Run) {
    /// println!("attempt {}", run.attempt());
    /// # }
    /// ```
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Returns `true` if the run is dead should it fail now, because the attempts of its
    /// [`Retry`](crate::Retry) are spent.
    ///
    /// ```
    /// # fn f(run: &siohook_inbox::Run) {
    /// if run.is_last() {
    ///     println!("the last attempt");
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.is_last
    }

    /// Returns a text that all attempts of this handler for this delivery share, and no others:
    /// 64 hexadecimal digits and the handler's id.
    ///
    /// Give it to a payment service as its idempotency key, or store it in a unique column in the
    /// transaction that does the work.
    ///
    /// ```
    /// # fn f(run: &siohook_inbox::Run) {
    /// // INSERT INTO charges (key) VALUES ($1) ON CONFLICT DO NOTHING
    /// let key = run.idempotency_key();
    /// # let _ = key;
    /// # }
    /// ```
    #[must_use]
    pub fn idempotency_key(&self) -> &str {
        self.idempotency_key.get_or_init(|| {
            // The hash, without the time in front of it.
            let hash = const_hex::encode(&self.key[6..]);
            format!("{hash}-{}", self.handler).into()
        })
    }
}

impl<'a, E> FromDelivery<'a, E> for Run {
    fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
        let run = context.run_value::<Self>().cloned();
        Ok(run.unwrap_or_else(|| {
            let key = context.delivery().key().stored();
            Self::new(key, context.handler_id(), 1, false)
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use siohook::testing::{Sample, TestDispatcher, block_on};
    use siohook::{Dispatcher, State, on_event};

    use super::*;
    use crate::sync::lock;

    type Runs = Arc<Mutex<Vec<Run>>>;

    #[on_event("SALE_NEW", id = "tests.first")]
    fn first(run: Run, State(runs): State<Runs>) {
        lock(&runs).push(run);
    }

    #[on_event("SALE_NEW", id = "tests.second")]
    fn second(run: Run, State(runs): State<Runs>) {
        lock(&runs).push(run);
    }

    #[test]
    fn without_an_inbox_each_handler_has_a_key_of_its_own() {
        let runs = Runs::default();
        let builder = Dispatcher::builder().state(Arc::clone(&runs));
        let builder = builder.select(|handler| handler.id().starts_with("tests."));
        let dispatcher = TestDispatcher::builder_from(builder).build();
        let sale = Sample::of("SALE_NEW");
        block_on(dispatcher.send(&sale)).assert_done();
        let runs = lock(&runs);
        let keys = runs.iter().map(Run::idempotency_key).collect::<Vec<_>>();
        assert_eq!(keys.len(), 2);
        assert_eq!(keys[0].replace("first", "second"), keys[1]);
        assert_ne!(keys[0], keys[1]);
        assert!(runs.iter().all(|run| run.attempt() == 1 && !run.is_last()));
    }
}
