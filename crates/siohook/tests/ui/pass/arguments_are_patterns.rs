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

fn main() {}
