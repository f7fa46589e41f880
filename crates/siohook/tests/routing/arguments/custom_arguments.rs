use super::*;

/// The length of the body, an argument for every event.
struct Length(usize);

impl<'a, E> FromDelivery<'a, E> for Length {
    fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
        match context.delivery().body().len() {
            0..100 => Err(Mismatch::new("too short")),
            length => Ok(Self(length)),
        }
    }
}

/// An argument for sales only, which borrows a state and takes another argument.
struct Buyer<'a> {
    age: &'a u8,
    email: String,
}

impl<'a> FromDelivery<'a, account::SaleNew> for Buyer<'a> {
    fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
        type Sale = account::SaleNew;
        let sale = <Sale as FromDelivery<'a, Sale>>::from_delivery(context)?;
        let age = context.state().ok_or_else(|| Mismatch::new("no age"))?;
        let email = sale.customer.email;
        Ok(Self { age, email })
    }

    fn requirements(requirements: &mut Requirements) {
        requirements.state::<u8>();
        <State<Seen> as FromDelivery<'_, account::SaleNew>>::requirements(requirements);
    }
}

#[on_event("*")]
fn length(Length(length): Length, State(seen): State<Seen>) {
    seen.note(length.to_string());
}

#[on_event("SALE_NEW")]
async fn buyer(buyer: Buyer<'_>, State(seen): State<Seen>) {
    seen.note(format!("{} {}", buyer.email, buyer.age));
}

#[test]
fn an_argument_can_fit_every_event() {
    let length = TAG_ADDED.len().to_string();
    assert_eq!(seen_by(&["length"], automation(TAG_ADDED)), [length]);
}

#[test]
fn an_argument_can_borrow_from_the_dispatcher() {
    assert_eq!(seen_by(&["buyer"], sale()), ["lea.martin@example.com 40"]);
}

#[test]
fn an_argument_that_fails_is_a_mismatch() {
    let (dispatcher, seen) = with(&["length"]);
    let body = envelope("contact.tag.added", "{}");
    let report = dispatch(&dispatcher, automation(body));
    assert_eq!(
        outcome(&report, "length").to_string(),
        "not called: too short"
    );
    assert_eq!((report.reply().status(), seen.take()), (422, vec![]));
}

#[test]
fn the_requirements_of_an_argument_are_checked() {
    let error = builder().select(only(&["buyer"])).build().unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("State<u8>") && text.contains("State<routing::arguments::Seen>"),
        "{text}"
    );
}
