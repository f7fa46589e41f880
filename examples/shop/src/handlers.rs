//! The handlers of a sale, of its cancellation, and of an enrolment.

use anyhow::{Context, Result, bail};
use siohook::{HandlerError, State, account, automation, on_event};

use crate::database::Database;
use crate::mail::SharedMailer;

/// Takes sales from the account webhook only, because it is signed and retried. An automation
/// (`customer.sale.completed`) is neither.
#[on_event("SALE_NEW", id = "grant")]
async fn grant(
    sale: account::SaleNew,
    State(database): State<Database>,
    State(mailer): State<SharedMailer>,
) -> Result<()> {
    let line = sale.order_item.id;
    database.grant(&sale).await.context("granting")?;
    // If a step fails from here on, the inbox runs this handler again, and only the mail is missing.
    let mut mailer = mailer.lock().await;
    if database.lacks_mail(line).await? {
        mailer.welcome(&sale).await.context("welcoming")?;
        // If the process ends right here, the same mail is sent again.
        database.mailed(line).await?;
    }
    Ok(())
}

#[on_event("SALE_CANCELED", id = "revoke")]
async fn revoke(sale: account::SaleCanceled, State(database): State<Database>) -> Result<()> {
    let Some(line) = sale.order_item else {
        bail!(HandlerError::permanent("the cancellation names no line"));
    };
    if !database.revoke(line.id).await.context("revoking")? {
        // The cancellation may arrive before the sale. The inbox tries again.
        bail!("not granted yet");
    }
    Ok(())
}

/// No account webhook sends this. A copy of it changes nothing.
#[on_event("contact.course.enrolled", id = "enrol")]
async fn enrol(event: automation::CourseEnrolled, State(database): State<Database>) -> Result<()> {
    let enrolled = database.enrol(&event).await;
    enrolled.context("enrolling")
}
