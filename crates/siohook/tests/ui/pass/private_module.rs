mod handlers {
    mod deeper {
        use siohook::{account, on_event};

        #[on_event("SALE_NEW")]
        async fn grant(sale: account::SaleNew) {
            let _ = sale;
        }
    }
}

fn main() {
    let dispatcher = siohook::Dispatcher::builder().accept_unverified().build().unwrap();
    assert!(dispatcher.handlers()[0].name().ends_with("handlers::deeper::grant"));
}
