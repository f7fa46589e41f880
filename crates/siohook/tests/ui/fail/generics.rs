use siohook::{Data, Delivery, on_event};

#[on_event("SALE_NEW")]
async fn generic<T: serde::de::DeserializeOwned>(data: Data<T>) {
    let _ = data;
}

#[on_event("SALE_NEW")]
async fn lifetime<'a>(delivery: &'a Delivery)
where
    'a: 'a,
{
    let _ = delivery;
}

fn main() {}
