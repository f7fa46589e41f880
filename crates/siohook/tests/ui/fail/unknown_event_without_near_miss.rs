use siohook::{Delivery, on_event};

#[on_event("order.shipped")]
async fn shipped(delivery: &Delivery) {
    let _ = delivery;
}

fn main() {}
