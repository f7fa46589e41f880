//! Samples of every event, and a dispatcher with assertions: test your handlers
//! without making a real purchase.
//!
//! ```standalone_crate
//! use std::sync::{Arc, Mutex};
//!
//! use siohook::testing::{Sample, TestDispatcher, block_on};
//! use siohook::{State, account, on_event};
//!
//! type Granted = Arc<Mutex<Vec<String>>>;
//!
//! #[on_event("SALE_NEW")]
//! async fn grant(sale: account::SaleNew, State(granted): State<Granted>) {
//!     granted.lock().unwrap().push(sale.customer.email);
//! }
//!
//! // #[test]
//! fn a_sale_is_granted() {
//!     let granted = Granted::default();
//!     let dispatcher = TestDispatcher::builder().only("grant").state(granted.clone()).build();
//!     let sale = Sample::of("SALE_NEW").set("/customer/email", "ada@example.com");
//!     block_on(dispatcher.send(&sale)).assert_done();
//!     assert_eq!(*granted.lock().unwrap(), ["ada@example.com"]);
//! }
//! # a_sale_is_granted();
//! ```
//!
//! * A [`Sample`] is a delivery as systeme.io sends it. Its methods change, sign and forge it.
//!   [`Sample::captured`] reads one from a file that the program `siohook` wrote.
//! * A [`TestDispatcher`] runs the handlers of a sample as a [`Dispatcher`](crate::Dispatcher)
//!   does, and returns a [`TestReport`] with assertions.
//! * [`sample`] returns a payload and [`delivery`] a [`Delivery`](crate::Delivery), to call a
//!   handler directly.
//!
//! The page [`guide::testing`](crate::guide::testing) has more examples.

mod assertions;
mod block_on;
mod builder;
mod dispatcher;
mod incoming;
mod path;
mod report;

pub use block_on::block_on;
pub use builder::TestDispatcherBuilder;
pub use dispatcher::TestDispatcher;
pub use incoming::delivery;
pub use report::TestReport;
#[doc(inline)]
pub use siohook_sender::{
    Capture, CaptureError, Framing, Payload, Request, RequestError, SECRET, Sample, SampleError,
    TOKEN, sample, sign,
};

use crate::DispatcherBuilder;

/// Trusts every [`Sample`] that a test did not change.
fn trusting(builder: DispatcherBuilder) -> DispatcherBuilder {
    builder
        .account_secret("testing", SECRET)
        .automation_token(TOKEN)
        .diagnosed()
}
