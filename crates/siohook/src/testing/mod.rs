//! Samples of every event, and a dispatcher with assertions: nobody has to pay
//! himself one euro to see a handler run.
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
//! A [`Sample`] is a delivery as systeme.io would send it, to be changed, signed
//! and sent; [`sample`] gives its payload to call a handler directly. A
//! [`TestDispatcher`] runs handlers as a real one does, and its [`TestReport`] has
//! the assertions. The page [`guide::testing`](crate::guide::testing) goes through
//! all of it.

mod block_on;
mod dispatcher;
mod edit;
mod fixtures;
mod json;
mod order;
mod payload;
mod pointer;
mod report;
mod request;
mod sample;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

pub use block_on::block_on;
pub use dispatcher::{TestDispatcher, TestDispatcherBuilder};
pub use order::{orders, shuffled};
pub use payload::Payload;
pub use report::TestReport;
pub use sample::Sample;

use crate::DispatcherBuilder;

/// What samples of account webhooks are signed with unless a test says otherwise.
/// Everybody knows it: never configure it where strangers can send something.
pub const SECRET: &str = "known-to-everybody-secret-of-siohook-testing";

/// The token of samples of automations unless a test says otherwise. Everybody
/// knows it, too.
pub const TOKEN: &str = "known-to-everybody-token-of-siohook-testing";

/// The payload of an event's [sample](Sample::of): all it takes to call a handler
/// that takes nothing else.
///
/// ```standalone_crate
/// use siohook::{account, on_event, testing, unified};
///
/// #[on_event("SALE_NEW")]
/// fn grant(sale: account::SaleNew) -> Result<(), &'static str> {
///     if sale.customer.email.is_empty() { Err("nobody to grant it to") } else { Ok(()) }
/// }
///
/// #[on_event("contact.tag.added", "CONTACT_TAG_ADDED")]
/// fn tagged(event: unified::TagAdded) {}
///
/// let mut sale = testing::sample::<account::SaleNew>();
/// sale.customer.email.clear();
/// assert_eq!(grant(sale), Err("nobody to grant it to"));
/// tagged(testing::sample::<account::ContactTagAdded>().into());
/// ```
#[must_use]
pub fn sample<T: Payload>() -> T {
    Sample::of(T::EVENT).payload()
}

/// What systeme.io sends as `X-Webhook-Signature`: the HMAC-SHA256 of a body, in
/// lower-case hex digits.
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "HMAC takes a key of any length")]
pub fn sign(secret: &str, body: impl AsRef<[u8]>) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
    let mac = mac.expect("HMAC takes a key of any length");
    let digest = mac.chain_update(body).finalize().into_bytes();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn trusting(builder: DispatcherBuilder) -> DispatcherBuilder {
    builder
        .account_secret("testing", SECRET)
        .automation_token(TOKEN)
}
