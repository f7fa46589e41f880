use siohook::{account, on_event};

#[on_event("SALE_NEW")]
async fn grant(sale: account::SaleNew) {
    let amount: String = sale.price_plan.amount;
}

fn main() {}
