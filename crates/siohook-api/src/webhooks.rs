mod input;

use std::fmt;

use serde::Deserialize;
use siohook_events::Timestamp;

use crate::client::segment;
use crate::list::Page;
use crate::{Client, Error};
pub use input::{NewWebhook, WebhookEdit};

/// Id of a webhook, a UUID.
///
/// ```
/// use siohook_api::WebhookId;
///
/// let id = WebhookId::from("01a0e6f0-4c11-7d20-9f3e-5b1c2a7d9e01");
/// assert!(id.as_str().starts_with("01a0e6f0"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(transparent)]
pub struct WebhookId(String);

impl WebhookId {
    /// Returns the id as a text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for WebhookId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl fmt::Display for WebhookId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        siohook_events::Shown::value(&self.0).fmt(f)
    }
}

/// An account webhook. The API never returns its secret.
///
/// ```
/// fn is_quiet(webhook: &siohook_api::Webhook) -> bool {
///     !webhook.active || webhook.events().next().is_none()
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Webhook {
    /// Webhook id.
    pub id: WebhookId,
    /// Name that the owner chose.
    pub name: String,
    /// Where it sends.
    pub url: String,
    /// Whether it sends.
    #[serde(default)]
    pub active: bool,
    /// Its events, with those that are disabled.
    #[serde(default)]
    pub subscriptions: Vec<EventSubscription>,
}

/// An event of a webhook.
///
/// ```
/// use siohook_api::{DisabledReason, EventSubscription};
///
/// fn has_failed(subscription: &EventSubscription) -> bool {
///     subscription.disabled_reason == Some(DisabledReason::BadSuccessRate)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EventSubscription {
    /// Id that each delivery has in `X-Webhook-Subscription-Id`.
    pub id: String,
    /// Name of the event: `SALE_NEW`.
    pub event: String,
    /// Time since which it does not send. `None` if it sends.
    #[serde(default)]
    pub disabled_at: Option<Timestamp>,
    /// Why it does not send.
    #[serde(default)]
    pub disabled_reason: Option<DisabledReason>,
}

words! {
    /// Why an event of a webhook is not sent.
    ///
    /// ```
    /// use siohook_api::DisabledReason;
    ///
    /// assert_eq!(DisabledReason::from("BAD_SUCCESS_RATE"), DisabledReason::BadSuccessRate);
    /// ```
    DisabledReason {
        /// The owner left the event out.
        UserCanceled = "USER_CANCELED",
        /// Too many deliveries failed.
        BadSuccessRate = "BAD_SUCCESS_RATE",
    }
}

impl EventSubscription {
    /// Whether the event is sent, if the webhook is active.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.disabled_at.is_none() && self.disabled_reason.is_none()
    }
}

impl Webhook {
    /// Returns the names of the events that are not disabled.
    pub fn events(&self) -> impl Iterator<Item = &str> {
        let enabled = self.subscriptions.iter().filter(|one| one.is_enabled());
        enabled.map(|one| &*one.event)
    }
}

/// # Webhooks
///
/// ```
/// use siohook_api::{NewWebhook, WebhookEdit};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = siohook_sandbox::Sandbox::start().await?;
/// # let client = siohook_api::Client::builder("key").url(format!("{}/api", sandbox.url())).build()?;
/// let webhook = NewWebhook::new("shop", "http://localhost:3000/systeme", "correct horse")
///     .events(["SALE_NEW"]);
/// let webhook = client.create_webhook(&webhook).await?;
///
/// let both = WebhookEdit::new().events(["SALE_NEW", "SALE_CANCELED"]);
/// let webhook = client.edit_webhook(&webhook.id, &both).await?;
/// assert!(webhook.events().eq(["SALE_NEW", "SALE_CANCELED"]));
/// # Ok(())
/// # }
/// ```
impl Client {
    /// Gets all webhooks. The list has no pages: an account has up to 10.
    ///
    /// # Errors
    ///
    /// If the API can't be reached or does not answer with them.
    pub async fn webhooks(&self) -> Result<Vec<Webhook>, Error> {
        let page: Page<Webhook> = self.get("/webhooks").await?;
        Ok(page.items)
    }

    /// Gets a webhook.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if the id is unknown.
    pub async fn webhook(&self, id: &WebhookId) -> Result<Webhook, Error> {
        self.get(&format!("/webhooks/{}", segment(&id.0))).await
    }

    /// Creates a webhook.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::ErrorKind::Invalid) if there is one with this name or URL, or a value can't
    /// be used.
    pub async fn create_webhook(&self, webhook: &NewWebhook) -> Result<Webhook, Error> {
        self.post("/webhooks", webhook).await
    }

    /// Changes a webhook.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound), or [`Invalid`](crate::ErrorKind::Invalid) if a value
    /// can't be used.
    pub async fn edit_webhook(&self, id: &WebhookId, edit: &WebhookEdit) -> Result<Webhook, Error> {
        self.patch(&format!("/webhooks/{}", segment(&id.0)), edit)
            .await
    }

    /// Deletes a webhook.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if the id is unknown.
    pub async fn delete_webhook(&self, id: &WebhookId) -> Result<(), Error> {
        self.delete(&format!("/webhooks/{}", segment(&id.0))).await
    }
}
