use siohook::{State, on_event};

struct Pool;

#[on_event("SALE_NEW")]
async fn grant(State(pool): State<Pool>) {
    let _ = pool;
}

fn main() {}
