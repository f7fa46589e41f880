use siohook::{Delivery, on_event};

#[on_event(unlisted("contact.*"))]
async fn contacts(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(unlisted("order.*"))]
async fn orders(delivery: &Delivery) {
    let _ = delivery;
}

#[on_event(unlisted("contact.course.completed", "contact.course.started"))]
async fn courses(delivery: &Delivery) {
    let _ = delivery;
}

fn main() {}
