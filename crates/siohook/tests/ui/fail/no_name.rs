use siohook::{Delivery, on_event};

#[on_event]
async fn bare(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(id = "audit")]
async fn only_an_id(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event("")]
async fn empty(delivery: &Delivery) {
    let _ = delivery;
}

fn main() {}
