use serde::{Deserialize, Serialize};
use siohook_events::Timestamp;

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
    /// The id of the subscription through which the event is sent.
    pub(crate) fn sends(&self, event: &str) -> Option<&str> {
        let mut subscriptions = self.subscriptions.iter().filter(|_| self.active);
        let found = subscriptions.find(|one| one.event == event && one.disabled.is_none());
        found.map(|subscription| &*subscription.id)
    }
}

/// An event of a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
