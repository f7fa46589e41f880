//! The handlers of the cases. What they do is said by the [`Script`] of the dispatcher.

use std::collections::BTreeMap;

use siohook::{Data, Delivery, HandlerError, HandlerInfo, on_event};

use super::script::{Script, Start};
use crate::Run;

pub(super) const EVENT: &str = "siohook.conformance";
/// An event with a message id and a signature.
pub(super) const ACCOUNT_EVENT: &str = "SIOHOOK_CONFORMANCE";
/// The event of a handler with a type of its own.
pub(super) const TYPED_EVENT: &str = "siohook.conformance.typed";
/// An event whose name needs care in SQL, JSON and C.
pub(super) const ODD_EVENT: &str = "siohook.conformance.\0'\"\\%;--é😀";

/// Begins the id of each handler. Cases name them by what follows.
pub(super) const PREFIX: &str = "siohook-inbox.conformance.";

/// Returns whether a handler is one of those that the cases have.
///
/// ```standalone_crate
/// use siohook::Dispatcher;
/// use siohook_inbox::conformance::is_own;
///
/// let dispatcher = Dispatcher::builder().accept_unverified().build()?;
/// let own = dispatcher.handlers().iter().filter(|handler| is_own(handler));
/// assert!(own.count() > 0);
/// # Ok::<(), siohook::BuildError>(())
/// ```
#[must_use]
pub fn is_own(handler: &HandlerInfo) -> bool {
    handler.id().starts_with(PREFIX)
}

/// What follows the prefix of an id.
fn name_of(id: &'static str) -> &'static str {
    id.strip_prefix(PREFIX).unwrap_or(id)
}

macro_rules! handlers {
    ($($function:ident $id:literal [$($event:tt)+])*) => {$(
        #[on_event($($event)+, id = $id)]
        async fn $function(
            delivery: Delivery,
            run: Run,
            script: Script,
        ) -> Result<(), HandlerError> {
            script.play(Start::new(name_of($id), &delivery, &run)).await
        }
    )*};
}

handlers! {
    a "siohook-inbox.conformance.a" [unlisted("siohook.conformance"), unlisted("SIOHOOK_CONFORMANCE")]
    b "siohook-inbox.conformance.b" [unlisted("siohook.conformance")]
    c "siohook-inbox.conformance.c" [unlisted("siohook.conformance")]
    odd "siohook-inbox.conformance.odd '\"\\%;--é😀" [unlisted("siohook.conformance.\0'\"\\%;--é😀")]
}

#[on_event(
    unlisted("siohook.conformance.typed"),
    id = "siohook-inbox.conformance.typed"
)]
async fn typed(
    delivery: Delivery,
    run: Run,
    script: Script,
    _: Data<BTreeMap<String, u32>>,
) -> Result<(), HandlerError> {
    script.play(Start::new("typed", &delivery, &run)).await
}
