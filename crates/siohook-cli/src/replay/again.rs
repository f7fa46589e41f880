//! What changes in a delivery that is sent again.

use siohook_sender::{Capture, Mechanism, Sample, sign};
use uuid::Uuid;

use super::As;
use crate::forward::Changes;
use crate::text::now;
use crate::{Exit, Failure};

/// What the user wants of all that is sent.
pub(super) struct Again {
    pub(super) r#as: As,
    /// Signs account webhooks anew.
    pub(super) secret: Option<String>,
    /// Replaces the token of automations.
    pub(super) token: Option<String>,
}

impl Again {
    pub(super) fn changes(&self, capture: &Capture) -> Result<Changes, Failure> {
        let mut changes = Changes::default();
        let is_account = capture.mechanism() == Some(Mechanism::Account);
        let mut body = None;
        if self.r#as != As::Same {
            changes = changes.attempt(Uuid::now_v7().to_string(), now());
        }
        if self.r#as == As::New {
            changes = changes.message(Uuid::now_v7().to_string(), now());
            if !is_account {
                // An automation is told apart by its body.
                body = Some(later(capture)?);
            }
        }
        if let Some(secret) = self.secret.as_deref().filter(|_| is_account) {
            changes = changes.signature(sign(secret, capture.body()));
        }
        if let Some(token) = self.token.as_deref().filter(|_| !is_account) {
            changes = changes.token(token);
        }
        Ok(match body {
            Some(body) => changes.body(body),
            None => changes,
        })
    }
}

/// The body of an automation at the time of now.
fn later(capture: &Capture) -> Result<Vec<u8>, Failure> {
    let event = capture.event().unwrap_or_default();
    let sample =
        Sample::automation(&event, serde_json::json!({})).with_body(capture.body().clone());
    if sample.occurred_at().is_none() {
        let message =
            "an automation is new with another `created_at`, which this one does not have";
        return Err(Failure::new(Exit::Usage, "no_time", message));
    }
    Ok(sample.at(&now()).body().to_vec())
}
