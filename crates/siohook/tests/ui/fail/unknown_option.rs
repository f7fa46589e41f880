use siohook::{Delivery, on_event};

#[on_event("SALE_NEW", retries = 3)]
async fn unknown_option(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event("SALE_NEW", name = "sales")]
async fn after_names(delivery: &Delivery) {
    let _ = delivery;
}

fn main() {}
