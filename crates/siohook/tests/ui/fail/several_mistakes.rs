use siohook::on_event;

#[on_event("NEW_SALE", "SALE_NEW", "SALE_NEW")]
unsafe extern "Rust" fn all<T>(#[allow(unused)] first: T, second: impl Clone) -> impl Clone {
    second
}

fn main() {}
