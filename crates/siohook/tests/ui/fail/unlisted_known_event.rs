use siohook::{Delivery, on_event};

#[on_event(unlisted("SALE_NEW"))]
async fn sales(delivery: &Delivery) {
    let _ = delivery;
}

fn main() {}
