//! All arguments and results.

use siohook::{
    Data, Delivery, FromDelivery, HandlerContext, HandlerError, Mismatch, State, account,
    automation, on_event, unified,
};

struct Own;

impl<'a, E> FromDelivery<'a, E> for Own {
    fn from_delivery(_: HandlerContext<'a>) -> Result<Self, Mismatch> {
        Ok(Own)
    }
}

#[derive(serde::Deserialize)]
struct Borrowed<'a> {
    #[serde(borrow)]
    _name: Option<&'a str>,
}

#[on_event("SALE_NEW")]
async fn all(
    _: &Delivery,
    _: account::SaleNew,
    _: unified::Sale,
    _: unified::Contact,
    _: Option<unified::Contact>,
    _: Data<u32>,
    _: Data<Borrowed<'_>>,
    _: State<u8>,
    _: Own,
    _: Delivery,
    _: account::SaleNew,
    _: Data<()>,
    _: State<u8>,
    _: Own,
) {
}

#[on_event("contact.tag.added")]
fn unit(_: automation::TagAdded) {}

#[on_event("contact.tag.added")]
fn handler_error() -> Result<(), HandlerError> {
    Err("x".parse::<u8>().unwrap_err())?
}

#[on_event("contact.tag.added")]
async fn std_error() -> Result<(), std::num::ParseIntError> {
    "1".parse::<u8>().map(drop)
}

#[on_event("contact.tag.added")]
async fn boxed() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    Ok(())
}

#[on_event("contact.tag.added")]
async fn anyhow() -> anyhow::Result<()> {
    Ok(())
}

#[on_event("contact.tag.added")]
async fn string() -> Result<(), String> {
    Ok(())
}

#[on_event("contact.tag.added")]
fn text() -> Result<(), &'static str> {
    Ok(())
}

#[test]
fn each_argument_and_result_compiles() {
    let dispatcher = siohook::Dispatcher::builder()
        .accept_unverified()
        .state(1_u8)
        .build()
        .unwrap();
    assert_eq!(dispatcher.handlers().len(), 8);
}
