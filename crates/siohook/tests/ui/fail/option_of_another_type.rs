use siohook::{Delivery, on_event};

#[on_event("SALE_NEW", id = sales)]
async fn id(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event("SALE_NEW", id)]
async fn no_value(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event("SALE_NEW", id("sales"))]
async fn call(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event("SALE_NEW", crate = "siohook")]
async fn krate(delivery: &Delivery) {
    let _ = delivery;
}

fn main() {}
