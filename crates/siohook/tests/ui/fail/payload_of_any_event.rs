use siohook::{automation, on_event};

#[on_event("*")]
async fn all(event: automation::TagAdded) {
    let _ = event;
}

fn main() {}
