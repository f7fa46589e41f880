use serde::{Deserialize, Serialize};
use siohook_events::Timestamp;

use super::Ids;

/// Webhook of the account (Settings > Webhooks).
///
/// ```
/// use siohook_sandbox::state::Webhook;
///
/// let webhook: Webhook = serde_json::from_str(
///     r#"{"id": "019b7755-5800-7000-8000-000000000001", "name": "Main",
///         "url": "http://localhost:3000/systeme", "secret": "s3cret", "active": true,
///         "subscriptions": [{"id": "019b7755-5800-7000-8000-000000000002", "event": "SALE_NEW"}]}"#,
/// )?;
/// assert_eq!(webhook.subscriptions[0].disabled, None);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// Webhook id, a UUID.
    pub id: String,
    /// Name, unique in the account.
    pub name: String,
    /// Destination, unique in the account.
    pub url: String,
    /// Key of the signature.
    pub secret: String,
    /// Whether it sends.
    pub active: bool,
    /// Events that it sends.
    pub subscriptions: Vec<EventSubscription>,
}

impl Webhook {
    /// The number of webhooks of an account with limits.
    pub(crate) const MOST: usize = 10;

    /// Makes these events the ones that the webhook sends. Others are disabled and stay listed.
    pub(crate) fn subscribe(&mut self, events: Vec<String>, ids: &mut Ids, now: Timestamp) {
        let (at, reason) = (now, DisabledReason::UserCanceled);
        for subscription in &mut self.subscriptions {
            if events.contains(&subscription.event) {
                subscription.disabled = None;
            } else {
                let disabled = Disabled { at, reason };
                subscription.disabled.get_or_insert(disabled);
            }
        }
        for event in events {
            if self.subscriptions.iter().all(|one| one.event != event) {
                self.subscriptions.push(EventSubscription {
                    id: ids.uuid(now),
                    event,
                    disabled: None,
                });
            }
        }
    }

    /// The id of the subscription through which the event is sent.
    pub(crate) fn sends(&self, event: &str) -> Option<&str> {
        let mut subscriptions = self.subscriptions.iter().filter(|_| self.active);
        let found = subscriptions.find(|one| one.event == event && one.disabled.is_none());
        found.map(|subscription| &*subscription.id)
    }
}

/// An event of a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventSubscription {
    /// Subscription id, a UUID.
    pub id: String,
    /// Name of the event.
    pub event: String,
    /// Since when and why it does not send. `None` if it sends.
    pub disabled: Option<Disabled>,
}

/// Since when and why a subscription does not send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disabled {
    /// Time when it was disabled.
    pub at: Timestamp,
    /// Reason.
    pub reason: DisabledReason,
}

/// Why a subscription does not send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DisabledReason {
    /// The owner left the event out.
    UserCanceled,
    /// Too many deliveries failed.
    BadSuccessRate,
}
