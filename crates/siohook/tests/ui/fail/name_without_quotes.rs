use siohook::{Delivery, on_event};

#[on_event(SALE_NEW)]
async fn account(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(contact.tag.added)]
async fn automation(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(siohook::account::SaleCanceled)]
async fn payload(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(SALE_*)]
async fn pattern(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(NEW_SALE)]
async fn near_miss(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(42)]
async fn other(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(b"SALE_NEW")]
async fn bytes(delivery: &Delivery) {
    let _ = delivery;
}

fn main() {}
