use siohook::{Delivery, on_event};

#[on_event(["SALE_NEW", "SALE_CANCELED"])]
async fn list(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(&["SALE_NEW", "SALE_CANCELED"])]
async fn slice(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(vec!["SALE_NEW", "SALE_CANCELED"])]
async fn vector(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(("SALE_NEW", "SALE_CANCELED"), id = "sales")]
async fn parentheses(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(["SALE_NEW"])]
async fn one(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(name("SALE_NEW"))]
async fn call(delivery: &Delivery) {
    let _ = delivery;
}

fn main() {}
