use super::*;

#[on_event("SALE_NEW")]
async fn borrowed(delivery: &Delivery, State(seen): State<Seen>) {
    std::future::ready(()).await;
    seen.note(format!("{} {:?}", delivery.event(), delivery.message_id()));
}

#[on_event("SALE_NEW")]
async fn owned(State(seen): State<Seen>, delivery: Delivery) {
    seen.note(format!("{} {:?}", delivery.event(), delivery.message_id()));
}

#[on_event("SALE_NEW")]
async fn written_out(delivery: &'_ siohook::Delivery, State(seen): State<Seen>) {
    seen.note(delivery.trust_label());
}

trait TrustLabel {
    fn trust_label(&self) -> String;
}

impl TrustLabel for Delivery {
    fn trust_label(&self) -> String {
        format!("{:?}", self.trust())
    }
}

#[test]
fn a_delivery_can_be_borrowed_or_owned() {
    let sale = || sale().header("x-webhook-message-id", "m-1");
    let expected = [r#"SALE_NEW Some("m-1")"#];
    assert_eq!(seen_by(&["borrowed"], sale()), expected);
    assert_eq!(seen_by(&["owned"], sale()), expected);
    let trust = [r#"Signed { secret: "main" }"#];
    assert_eq!(seen_by(&["written_out"], sale()), trust);
}

#[test]
fn a_delivery_of_an_account_webhook_has_the_values_of_the_headers() {
    let (dispatcher, _) = with(&["borrowed"]);
    let body = fixture("account/SALE_NEW");
    let delivery = dispatcher
        .verify(
            account("SALE_NEW", &body)
                .header(
                    "X-Webhook-Message-Id",
                    "01a0e6f0-4c11-7d20-9f3e-5b1c2a7d9e01",
                )
                .header("X-Webhook-Event-Timestamp", "2026-09-28T07:41:13+00:00"),
        )
        .unwrap();
    assert_eq!(delivery.event(), &"SALE_NEW");
    assert!(delivery.event().is_listed());
    assert_eq!(delivery.mechanism(), Mechanism::Account);
    assert_eq!(
        delivery.message_id(),
        Some("01a0e6f0-4c11-7d20-9f3e-5b1c2a7d9e01")
    );
    assert_eq!(delivery.account_email(), None);
    let occurred = delivery.occurred_at().unwrap();
    assert_eq!(occurred.to_string(), "2026-09-28T07:41:13+00:00");
    assert_eq!(delivery.trust(), Trust::Signed { secret: "main" });
    assert_eq!(delivery.body(), &body);
    let sale: account::SaleNew = delivery.data().unwrap();
    assert_eq!(sale.order.id, 12_768_940);
}

#[test]
fn a_delivery_of_an_automation_has_the_values_of_the_envelope() {
    let (dispatcher, _) = with(&["borrowed"]);
    // Automations have no message id, so the header is ignored.
    let incoming = automation(TAG_ADDED).header("X-Webhook-Message-Id", "m-1");
    let delivery = dispatcher.verify(incoming).unwrap();
    assert_eq!(delivery.event().to_string(), "contact.tag.added");
    assert_eq!(delivery.mechanism(), Mechanism::Automation);
    assert_eq!(delivery.message_id(), None);
    assert_eq!(delivery.account_email(), Some("owner@example.com"));
    let occurred = delivery.occurred_at().unwrap();
    assert_eq!(occurred.to_string(), "2026-09-28T07:41:13+00:00");
    assert_eq!(delivery.trust(), Trust::Token { label: None });
    assert_eq!(delivery.body(), TAG_ADDED);
    let added: automation::TagAdded = delivery.data().unwrap();
    assert_eq!(added.tag.id, 7);
}

#[test]
fn members_of_the_envelope_may_be_missing_or_odd() {
    let (dispatcher, _) = with(&["borrowed"]);
    for members in [
        "",
        r#","account":null,"created_at":null"#,
        r#","account":[],"created_at":"-0001-11-30T00:00:00+00:00""#,
        r#","account":{"email":7},"created_at":7,"more":{}"#,
    ] {
        let body = format!(r#"{{"type":"contact.tag.added","data":{{}}{members}}}"#);
        let delivery = dispatcher.verify(automation(body)).unwrap();
        assert_eq!(
            (delivery.account_email(), delivery.occurred_at()),
            (None, None)
        );
    }
}

#[test]
fn an_event_name_may_be_escaped_or_unlisted() {
    let (dispatcher, _) = with(&["borrowed"]);
    let body = r#"{"type":"contact.\u0074ag.added","data":null}"#;
    let delivery = dispatcher.verify(automation(body)).unwrap();
    assert!(delivery.event().is_listed());
    let body = envelope("contact.community.joined", "null");
    let delivery = dispatcher.verify(automation(body)).unwrap();
    assert!(!delivery.event().is_listed());
    assert_eq!(delivery.event().as_str(), "contact.community.joined");
}
