//! A private handler in private modules.

mod handlers {
    mod deeper {
        use siohook::{account, on_event};

        #[on_event("SALE_NEW")]
        async fn grant(sale: account::SaleNew) {
            let _ = sale;
        }
    }
}

#[test]
fn a_handler_may_be_private() {
    let dispatcher = siohook::Dispatcher::builder()
        .accept_unverified()
        .build()
        .unwrap();
    assert!(
        dispatcher.handlers()[0]
            .name()
            .ends_with("handlers::deeper::grant")
    );
}
