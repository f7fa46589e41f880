use siohook::{account, on_event};

#[on_event("SALE_NEW")]
async fn number(sale: account::SaleNew) -> u64 {
    sale.order.id.get()
}

#[on_event("SALE_NEW")]
fn value(sale: account::SaleNew) -> Result<u64, std::fmt::Error> {
    Ok(sale.order.id.get())
}

#[on_event("SALE_NEW")]
async fn option() -> Option<()> {
    None
}

fn main() {}
