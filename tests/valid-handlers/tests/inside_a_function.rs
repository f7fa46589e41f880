//! A handler inside a function.

use siohook::{account, on_event};

#[test]
fn a_handler_may_be_inside_a_function() {
    #[on_event("SALE_NEW")]
    async fn grant(sale: account::SaleNew) {
        let _ = sale;
    }

    let dispatcher = siohook::Dispatcher::builder()
        .accept_unverified()
        .build()
        .unwrap();
    assert_eq!(dispatcher.handlers().len(), 1);
}
