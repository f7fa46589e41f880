use siohook::{Delivery, automation, on_event};

#[on_event("SALE_NEW")]
async fn grant(first: automation::SaleCompleted, delivery: &Delivery, second: automation::TagAdded) {
    let _ = (first, delivery, second);
}

fn main() {}
