use siohook::{Delivery, on_event};

#[on_event("orders.*")]
async fn orders(delivery: &Delivery) {
    let _ = delivery;
}

fn main() {}
