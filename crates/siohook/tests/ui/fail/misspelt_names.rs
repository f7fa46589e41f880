use siohook::{Delivery, on_event};

#[on_event("NEW_SALE", "OPT_IN", "SALE_CANCELLED")]
async fn audit(delivery: &Delivery) {
    let _ = delivery;
}

fn main() {}
