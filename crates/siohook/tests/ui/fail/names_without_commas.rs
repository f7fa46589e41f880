use siohook::{Delivery, on_event};

#[on_event("SALE_NEW" | "SALE_CANCELED")]
async fn bar(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event("SALE_NEW" "SALE_CANCELED", id = "sales")]
async fn blank(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event("SALE_NEW" or "SALE_CANCELED")]
async fn word(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event("SALE_NEW"; "SALE_CANCELED"; "contact.tag.added")]
async fn semicolon(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(id = "sales" "SALE_NEW")]
async fn after_an_option(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event("SALE_NEW" id = "sales")]
async fn option(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event("SALE_NEW".to_owned())]
async fn method(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event("SALE_NEW",, "SALE_CANCELED")]
async fn two_commas(delivery: &Delivery) {
    let _ = delivery;
}

fn main() {}
