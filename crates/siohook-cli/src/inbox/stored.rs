//! A stored delivery as a request that systeme.io would send.

use siohook::Mechanism;
use siohook_inbox::{Operator, StoredDelivery};
use siohook_sender::{Capture, Sample};

use super::failure;
use crate::{Exit, Failure};

/// Before the number of a delivery in an inbox.
const INBOX: &str = "inbox:";

/// Reads a delivery as a request without signature and token, which an inbox does not keep.
pub(crate) async fn capture(inbox: &Operator, id: i64) -> Result<Capture, Failure> {
    let stored = inbox.delivery(id).await.map_err(failure)?;
    request(&stored)
}

pub(super) fn request(stored: &StoredDelivery) -> Result<Capture, Failure> {
    let id = stored.summary().id();
    let unusable = |code, why: &str| Failure::new(Exit::Usage, code, format!("{INBOX}{id} {why}"));
    let Some(body) = stored.body() else {
        return Err(unusable("erased", "has no body any more"));
    };
    let Some(delivery) = stored.delivery() else {
        let why = "was stored by a later version of siohook, or changed by hand";
        return Err(unusable("not_a_delivery", why));
    };
    let event = delivery.event().as_str();
    let sample = match delivery.mechanism() {
        Mechanism::Account => {
            let mut sample = Sample::account(event, serde_json::json!({})).unsigned();
            if let Some(id) = delivery.message_id() {
                sample = sample.with_message_id(id);
            }
            if let Some(time) = delivery.occurred_at() {
                sample = sample.at(&time.to_string());
            }
            sample
        }
        _ => Sample::automation(event, serde_json::json!({})).unsigned(),
    };
    let request = sample.with_body(body.clone()).request("/");
    let request = request.map_err(|error| unusable("not_a_delivery", &error.to_string()))?;
    let bytes = request.to_http1();
    let (head, body) = bytes.split_at(bytes.len() - body.len());
    let capture = Capture::new(head.to_vec(), body.to_vec());
    let capture = capture.map_err(|error| unusable("not_a_delivery", &error.to_string()))?;
    Ok(capture
        .with_receipt(stored.summary().received_at(), None, None)
        .with_edited_from(&format!("{INBOX}{id}")))
}

/// The number that `inbox:118` has.
pub(crate) fn id_of(name: &str) -> Option<i64> {
    name.strip_prefix(INBOX)?.parse().ok()
}
