use siohook::{account, on_event};

#[on_event("SALE_NEW")]
async fn grant(#[allow(unused)] sale: account::SaleNew, #[cfg(unix)] _other: account::SaleNew) {}

fn main() {}
