use siohook::{account, automation, on_event, unified};

#[on_event("contact.tag.added", "CONTACT_TAG_ADDED")]
async fn tags(event: automation::TagAdded) {
    let _ = event;
}

#[on_event("SALE_*")]
async fn sales(sale: account::SaleNew) {
    let _ = sale;
}

#[on_event("contact.*", "CONTACT_*")]
async fn contacts(event: unified::TagAdded) {
    let _ = event;
}

fn main() {}
