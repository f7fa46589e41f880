use super::*;

#[on_event("SALE_NEW")]
fn nothing() {}

#[on_event("SALE_NEW")]
async fn all_of_them(
    State(seen): State<Seen>,
    delivery: &Delivery,
    mut sale: account::SaleNew,
    unified::Contact { email, .. }: unified::Contact,
    Data(_): Data<serde_json::Value>,
    owned: Delivery,
    _: State<u8>,
) -> Result<(), HandlerError> {
    assert_eq!(sale.customer.email, email);
    assert_eq!(delivery.key(), owned.key());
    sale.customer.email.push('!');
    seen.note(sale.customer.email);
    Ok(())
}

// These arguments have names that the expansion might use.
#[on_event("SALE_NEW")]
fn context(context: State<Seen>, argument_0: State<u8>) {
    context.0.note(format!("context {}", argument_0.0));
}

#[on_event("SALE_NEW")]
async fn delivery(cx: &Delivery, State(delivery): State<Seen>) {
    delivery.note(cx.event().to_string());
}

#[on_event("SALE_NEW")]
fn r#move(State(r#type): State<Seen>) {
    r#type.note("move");
}

#[test]
fn a_handler_takes_any_number_of_arguments_in_any_order() {
    assert_eq!(seen_by(&["nothing"], sale()), [""; 0]);
    assert_eq!(
        seen_by(&["all_of_them"], sale()),
        ["lea.martin@example.com!"]
    );
}

#[test]
fn arguments_can_have_any_name() {
    assert_eq!(seen_by(&["context"], sale()), ["context 40"]);
    assert_eq!(seen_by(&["delivery"], sale()), ["SALE_NEW"]);
    assert_eq!(seen_by(&["move"], sale()), ["move"]);
}

#[test]
fn a_handler_stays_a_function() {
    nothing();
    let seen = Seen::default();
    context(State(seen.clone()), State(1));
    assert_eq!(seen.take(), ["context 1"]);
}
