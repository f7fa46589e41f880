use siohook::{Delivery, on_event};

#[on_event("SALE_NEW", "SALE_CANCELED", "SALE_NEW")]
async fn sales(delivery: &Delivery) {
    let _ = delivery;
}

fn main() {}
