#![deny(warnings)]

use siohook::on_event;

#[on_event("SALE_NEW")]
#[deprecated = "it goes away"]
async fn grant() {}

fn main() {}
