use siohook::{Delivery, on_event};

#[on_event("contact.*", "contact.tag.added")]
async fn contacts(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event("SALE_NEW", "*")]
async fn all(delivery: &Delivery) {
    let _ = delivery;
}

fn main() {}
