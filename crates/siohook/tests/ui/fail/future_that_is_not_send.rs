use std::rc::Rc;

use siohook::on_event;

#[on_event("SALE_NEW")]
async fn grant() {
    let count = Rc::new(1);
    std::future::ready(()).await;
    drop(count);
}

fn main() {}
