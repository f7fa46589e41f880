use siohook::{Delivery, on_event};

#[on_event("SALE_NEW", id = "sales", id = "more", crate = siohook, crate = ::siohook)]
async fn sales(delivery: &Delivery) {
    let _ = delivery;
}

fn main() {}
