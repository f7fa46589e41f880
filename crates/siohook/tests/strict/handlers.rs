// Two lists, because rustfmt sorts one list differently in the two editions.
use siohook::{account, automation, on_event, unified};

use siohook::{Delivery, HandlerError, State};

/// An async handler with several kinds of arguments.
///
/// # Errors
///
/// It never fails.
#[on_event("SALE_NEW", id = "strict.grant")]
pub(crate) async fn grant(
    mut sale: account::SaleNew,
    State(count): State<u32>,
    delivery: &Delivery,
) -> Result<(), HandlerError> {
    sale.customer.email.clear();
    std::future::ready((count, delivery.key())).await;
    Ok(())
}

/// A handler that is not async.
#[on_event("contact.tag.added", "CONTACT_TAG_ADDED")]
pub(crate) fn tag(event: unified::TagAdded) {
    drop(event);
}

#[on_event("contact.*")]
async fn private(contact: unified::Contact) {
    std::future::ready(contact.id).await;
}

#[on_event(unlisted("contact.course.completed"))]
fn unlisted() -> Result<(), &'static str> {
    Err("not today")
}

#[on_event("subscription.payment.failed")]
fn one_argument(_: automation::PaymentFailed) {}

#[test]
fn all_handlers_are_linked() {
    let dispatcher = siohook::Dispatcher::builder()
        .account_secret("main", "secret")
        .state(1_u32)
        .build()
        .unwrap();
    assert_eq!(dispatcher.handlers().len(), 6);
}
