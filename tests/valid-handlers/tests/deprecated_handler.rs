//! A deprecated handler causes no warning of the macro.

#![deny(warnings)]

use siohook::on_event;

#[on_event("SALE_NEW")]
#[deprecated = "it goes away"]
async fn grant() {}

#[test]
fn a_handler_may_be_deprecated() {
    let dispatcher = siohook::Dispatcher::builder()
        .accept_unverified()
        .build()
        .unwrap();
    assert_eq!(dispatcher.handlers().len(), 1);
}
