use siohook::{Data, on_event};

#[on_event("SALE_NEW")]
async fn argument(data: Data<impl serde::de::DeserializeOwned>) {
    let _ = data;
}

#[on_event("SALE_NEW")]
fn returned() -> impl Future<Output = ()> {
    async {}
}

fn main() {}
