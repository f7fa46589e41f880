use siohook::{Delivery, on_event};

#[on_event("SALE_NEW", name = "sales")]
async fn sales(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(SALE_NEW)]
async fn without_quotes(delivery: &Delivery) {
    let _ = delivery;
}

fn main() {}
