use siohook::on_event;

#[on_event("SALE_NEW")]
unsafe extern "C" fn variadic(first: u32, ...) {
    let _ = first;
}

fn main() {}
