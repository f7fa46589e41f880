use siohook::{Delivery, on_event};

#[on_event("SALE_NEW SALE_CANCELED")]
async fn blank(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event("SALE_NEW, SALE_CANCELED")]
async fn comma(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event("contact.*|CONTACT_*")]
async fn bar(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event("SALE_NEW or SALE_CANCELED")]
async fn word(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(unlisted("order.shipped, order.paid"))]
async fn unlisted_names(delivery: &Delivery) {
    let _ = delivery;
}

fn main() {}
