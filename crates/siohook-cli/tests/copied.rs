//! The test that `deliveries export --as sample` writes, where no handlers are but its own.

#[path = "program/copied.rs"]
mod copied;

/// The handler to which it sends.
#[siohook::on_event("SALE_NEW")]
fn grant(sale: siohook::account::SaleNew) {
    assert_eq!(sale.customer.email, "xxxxxxxxxx@example.com");
}
