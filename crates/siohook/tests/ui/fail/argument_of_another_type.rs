use siohook::{Delivery, account, on_event};

#[on_event("SALE_NEW")]
async fn number(count: u32) {
    let _ = count;
}

#[on_event("SALE_NEW")]
async fn text(email: String) {
    let _ = email;
}

#[on_event("SALE_NEW")]
async fn borrowed_payload(sale: &account::SaleNew) {
    let _ = sale;
}

#[on_event("SALE_NEW")]
async fn mutable_delivery(delivery: &mut Delivery) {
    let _ = delivery;
}

fn main() {}
