use siohook::on_event;

#[on_event("SALE_NEW")]
struct Grant;

#[on_event("SALE_NEW")]
mod handlers {}

trait Handler {
    #[on_event("SALE_NEW")]
    fn grant();
}

fn main() {}
