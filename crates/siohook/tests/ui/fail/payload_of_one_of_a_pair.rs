use siohook::{automation, on_event, unified};

#[on_event("contact.tag.added", "CONTACT_TAG_ADDED")]
async fn one_of_them(event: automation::TagAdded) {
    let _ = event;
}

#[on_event("contact.tag.added", "CONTACT_TAG_ADDED")]
async fn another_pair(event: unified::TagRemoved) {
    let _ = event;
}

fn main() {}
