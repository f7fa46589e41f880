//! An argument may be any pattern.

use siohook::{Data, Delivery, State, account, on_event};

#[on_event("SALE_NEW")]
async fn grant(
    mut sale: account::SaleNew,
    State((_, count)): State<(u8, u32)>,
    _: &Delivery,
    Data(account::SaleNew { customer, .. }): Data<account::SaleNew>,
    delivery @ _: Delivery,
) {
    sale.customer.email.clear();
    let _ = (count, customer, delivery);
}

#[test]
fn arguments_are_patterns() {
    let dispatcher = siohook::Dispatcher::builder()
        .accept_unverified()
        .state((1_u8, 2_u32))
        .build()
        .unwrap();
    assert_eq!(dispatcher.handlers().len(), 1);
}
