//! All forms of the attribute.

use siohook::{Data, Delivery, account, automation, on_event, unified};

#[on_event("contact.tag.added")]
fn name(_: automation::TagAdded) {}

#[on_event("contact.tag.added", "CONTACT_TAG_ADDED")]
fn several(_: unified::TagAdded) {}

#[on_event("*")]
fn any(_: &Delivery, _: Option<unified::Contact>) {}

#[on_event("contact.*", "CONTACT_TAG_*", "SALE_NEW")]
fn patterns(_: unified::Contact) {}

#[on_event("contact.optin.*")]
fn pattern_of_one(_: automation::OptInCompleted) {}

#[on_event("contact.optin.*", "CONTACT_OPT_*")]
fn patterns_of_a_pair(_: unified::OptIn) {}

#[on_event(unlisted("contact.course.completed"))]
fn unlisted(_: Data<u32>) {}

#[on_event("SALE_NEW", unlisted("SALE_REFUNDED"), id = "sales")]
fn mixed(_: Data<account::SaleNew>) {}

#[test]
fn each_form_names_its_events() {
    let dispatcher = siohook::Dispatcher::builder()
        .accept_unverified()
        .build()
        .unwrap();
    assert_eq!(dispatcher.handlers().len(), 13);
    assert!(
        dispatcher
            .handlers()
            .iter()
            .any(|handler| handler.id() == "sales")
    );
}
