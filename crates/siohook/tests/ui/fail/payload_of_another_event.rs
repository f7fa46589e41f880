use siohook::{account, automation, on_event, unified};

#[on_event("contact.tag.added")]
async fn other_event(event: automation::TagRemoved) {
    let _ = event;
}

#[on_event("contact.tag.added")]
async fn other_mechanism(event: account::ContactTagAdded) {
    let _ = event;
}

#[on_event("SALE_CANCELED")]
async fn cancelled_sale(sale: unified::Sale) {
    let _ = sale;
}

fn main() {}
