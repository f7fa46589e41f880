use siohook::{account, automation, on_event, unified};

#[on_event("SALE_*")]
async fn sales(sale: account::SaleNew) {
    let _ = sale;
}

#[on_event("contact.*")]
async fn contacts(event: automation::TagAdded) {
    let _ = event;
}

#[on_event("SALE_NEW", "contact.tag.added")]
async fn names(sale: account::SaleNew) {
    let _ = sale;
}

#[on_event("contact.*", "CONTACT_*")]
async fn patterns(event: unified::TagAdded) {
    let _ = event;
}

#[on_event("SALE_NEW", unlisted("SALE_REFUNDED"))]
async fn listed_and_unlisted(sale: account::SaleNew) {
    let _ = sale;
}

fn main() {}
