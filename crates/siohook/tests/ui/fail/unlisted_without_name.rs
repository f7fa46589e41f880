use siohook::{Delivery, on_event};

#[on_event(unlisted)]
async fn empty(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(unlisted())]
async fn parentheses(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(unlisted(""))]
async fn text(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(unlisted("course completed"))]
async fn blank(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(unlisted(order.shipped))]
async fn path(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(unlisted = "order.shipped")]
async fn option(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(unlisted(["order.shipped", "order.paid"]))]
async fn list(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(unlisted("order.shipped") "SALE_NEW")]
async fn comma(delivery: &Delivery) {
    let _ = delivery;
}

fn main() {}
