use siohook::on_event;

struct Oops;

#[on_event("SALE_NEW")]
async fn grant() -> Result<(), Oops> {
    Err(Oops)
}

fn main() {}
