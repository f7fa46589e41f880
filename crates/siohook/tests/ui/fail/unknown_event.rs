use siohook::{automation, on_event};

#[on_event("contact.tag.aded")]
async fn welcome(event: automation::TagAdded) {
    let _ = event;
}

fn main() {}
