//! The welcome mail, and the trait that sends it.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use siohook::HandlerError;
use siohook::account::SaleNew;
use tokio::fs;
use tokio::sync::Mutex;

pub trait Mailer: Send {
    /// Sends the welcome mail of a line. A second call sends the same mail: if your mail service
    /// takes an idempotency key, give it the order item's id.
    fn welcome<'a>(&'a mut self, sale: &'a SaleNew) -> Sending<'a>;
}

pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// One mail at a time, so that no two deliveries of a line find its mail missing.
pub type SharedMailer = Arc<Mutex<dyn Mailer>>;

pub fn text(sale: &SaleNew) -> String {
    let plan = &sale.price_plan;
    let price = plan.amount.decimal(&plan.currency);
    let currency = plan.currency.to_uppercase();
    format!("Welcome to {}, at {price} {currency}.", plan.name)
}

/// A folder from which a mail server takes its mails. The same mail is the same file.
pub struct Outbox(pub PathBuf);

impl Mailer for Outbox {
    fn welcome<'a>(&'a mut self, sale: &'a SaleNew) -> Sending<'a> {
        Box::pin(async move {
            let to = &sale.customer.email;
            if to.contains(char::is_control) {
                // It could add headers to the mail, and a retry would have it as well.
                bail!(HandlerError::permanent("a control character in an address"));
            }
            let kind = "Content-Type: text/plain; charset=utf-8";
            let mail = format!("To: {to}\nSubject: Welcome\n{kind}\n\n{}\n", text(sale));
            let file = self.0.join(format!("{}.eml", sale.order_item.id));
            // The mail server takes no draft, so it never takes a part of a mail.
            let draft = file.with_extension("tmp");
            fs::write(&draft, mail).await.context("writing a mail")?;
            fs::rename(draft, file).await.context("sending a mail")
        })
    }
}
