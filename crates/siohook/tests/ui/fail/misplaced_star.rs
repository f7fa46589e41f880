use siohook::{Delivery, on_event};

#[on_event("SALE*")]
async fn sales(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event("contact.*.added")]
async fn added(delivery: &Delivery) {
    let _ = delivery;
}

fn main() {}
