//! Deliveries of the mechanism that is signed.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::request::Request;
use crate::server::{PATH, SECRET};
use crate::unique::unique;

pub(crate) const EVENT: &str = "X-Webhook-Event";
pub(crate) const SIGNATURE: &str = "X-Webhook-Signature";
pub(crate) const MESSAGE_ID: &str = "X-Webhook-Message-Id";

/// An account webhook that is handled.
pub(crate) fn tag_added() -> Request {
    signed("CONTACT_TAG_ADDED", tag_added_body())
}

/// A body of `CONTACT_TAG_ADDED` that is like no other.
pub(crate) fn tag_added_body() -> String {
    let id = unique();
    format!(
        r#"{{"contact":{{"id":445120981,"email":"lea.martin@example.com","fields":[]}},"tag":{{"id":1758324,"name":"\u00c9l\u00e8ve"}},"delivery":{id}}}"#
    )
}

/// A sale, of an order line that is like no other.
pub(crate) fn sale() -> Request {
    let line = unique();
    let body = format!(
        r#"{{"customer":{{"id":12799412,"contactId":445120981,"email":"lea.martin@example.com","fields":[],"paymentProcessor":"stripe"}},"coupon":null,"funnelStep":{{"id":25610977,"name":"Order form","type":"offer-form","funnel":{{"id":7648512,"name":"Writing"}}}},"order":{{"id":12768940,"createdAt":"2026-09-28T07:41:12+00:00","totalPrice":4200,"vat":0.0}},"orderItem":{{"createdAt":"2026-09-28T07:41:12+00:00","id":{line},"resources":[]}},"pricePlan":{{"id":3456911,"name":"Workshop","type":"one_shot","amount":4700,"currency":"eur","innerName":"workshop"}}}}"#
    );
    signed("SALE_NEW", body)
}

/// An account webhook of a name that is not in the catalogue.
pub(crate) fn unlisted(event: &str) -> Request {
    signed(event, format!(r#"{{"delivery":{}}}"#, unique()))
}

/// An account webhook with this event and body, a valid signature and a message
/// id of its own.
pub(crate) fn signed(event: &str, body: impl Into<Vec<u8>>) -> Request {
    let body = body.into();
    let signature = signature(&body);
    Request::post(PATH, body)
        .with(EVENT, event)
        .with(SIGNATURE, signature)
        .with(MESSAGE_ID, message_id())
        .with("X-Webhook-Event-Timestamp", "2026-09-28T07:41:13+00:00")
}

pub(crate) fn message_id() -> String {
    format!("01a0e6f0-4c11-7d20-9f3e-{:012x}", unique())
}

/// What systeme.io signs a body with: HMAC-SHA256 in hex.
pub(crate) fn signature(body: &[u8]) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(body);
    let digest = mac.finalize().into_bytes();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_openssl() {
        // printf {} | openssl dgst -sha256 -hmac 'correct horse battery staple'
        let hex = "ea0a7029e49045b7f35eb49cfd742be15bbc7cb767208ecfe1fab26bda5cdbe8";
        assert_eq!(signature(b"{}"), hex);
    }
}
