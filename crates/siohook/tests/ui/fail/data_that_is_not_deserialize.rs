use siohook::{Data, on_event};

struct Mine;

#[on_event("SALE_NEW")]
async fn grant(Data(mine): Data<Mine>) {
    let _ = mine;
}

fn main() {}
