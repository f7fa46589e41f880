//! The dependency may have another name.

pub extern crate siohook as hooks;

mod reexport {
    pub use hooks as webhooks;
}

use hooks::{account, on_event, unified};

#[on_event("SALE_NEW", crate = hooks)]
async fn grant(sale: account::SaleNew) {
    let _ = sale;
}

#[on_event("contact.tag.added", "CONTACT_TAG_ADDED", crate = crate::reexport::webhooks)]
async fn tags(event: unified::TagAdded) {
    let _ = event;
}

#[test]
fn the_dependency_may_be_renamed() {
    let dispatcher = hooks::Dispatcher::builder()
        .accept_unverified()
        .build()
        .unwrap();
    assert_eq!(dispatcher.handlers().len(), 3);
}
