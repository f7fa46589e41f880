use siohook::{Delivery, on_event};

#[on_event(event = "SALE_NEW")]
async fn event(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(events = ["SALE_NEW", "SALE_CANCELED"])]
async fn several(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(name = "SALE_NEW", id = "sales")]
async fn name(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(type = SALE_NEW)]
async fn path(delivery: &Delivery) {
    let _ = delivery;
}

fn main() {}
