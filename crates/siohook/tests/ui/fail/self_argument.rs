use siohook::{account, on_event};

struct Shop;

impl Shop {
    #[on_event("SALE_NEW")]
    async fn grant(&self, sale: account::SaleNew) {
        let _ = sale;
    }
}

fn main() {}
