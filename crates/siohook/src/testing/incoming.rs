//! Makes requests and deliveries of samples.

use siohook_sender::Sample;

use crate::{Delivery, Dispatcher, Incoming};

/// Makes the request that an adapter passes to a dispatcher. If the dispatcher does not trust
/// [`SECRET`](super::SECRET) and [`TOKEN`](super::TOKEN), set its secret or token with
/// [`signed_with`](Sample::signed_with) or [`token`](Sample::token).
///
/// ```
/// use siohook::Incoming;
/// use siohook::testing::Sample;
///
/// let incoming = Incoming::from(&Sample::of("SALE_NEW").signed_with("correct horse"));
/// # let _ = incoming;
/// ```
impl From<&Sample> for Incoming {
    fn from(sample: &Sample) -> Self {
        Self::post(sample.body().clone())
            .query(sample.query())
            .peer(sample.peer_address())
            .headers(sample.headers())
    }
}

impl From<Sample> for Incoming {
    fn from(sample: Sample) -> Self {
        Self::from(&sample)
    }
}

/// Returns the [`Delivery`] of a sample, to call a handler that takes one.
///
/// ```
/// use siohook::testing::{self, Sample};
///
/// let delivery = testing::delivery(&Sample::of("SALE_NEW").with_message_id("m-1"));
/// assert_eq!(delivery.message_id(), Some("m-1"));
/// ```
///
/// # Panics
///
/// If a dispatcher that trusts [`SECRET`](super::SECRET) and [`TOKEN`](super::TOKEN)
/// refuses the sample.
#[must_use]
#[track_caller]
pub fn delivery(sample: &Sample) -> Delivery {
    let builder = super::trusting(Dispatcher::builder());
    let dispatcher = builder.select(|_| false).allow_no_handlers().build();
    let dispatcher = dispatcher.expect("a dispatcher without handlers can be built");
    match dispatcher.verify(sample.into()) {
        Ok(delivery) => delivery,
        Err(rejection) => panic!("{sample} is refused: {}: {rejection}", rejection.code()),
    }
}
