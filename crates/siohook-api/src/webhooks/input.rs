//! What is sent of a webhook.

use std::fmt;

use serde::Serialize;

/// A webhook to be [created](crate::Client::create_webhook). `Debug` leaves the secret out.
///
/// ```
/// use siohook_api::NewWebhook;
///
/// let webhook = NewWebhook::new("shop", "https://shop.example.com/systeme", "correct horse")
///     .events(["SALE_NEW", "SALE_CANCELED"]);
/// assert!(!format!("{webhook:?}").contains("horse"));
/// ```
#[derive(Clone, PartialEq, Eq, Serialize)]
#[must_use]
pub struct NewWebhook {
    url: String,
    #[serde(flatten)]
    rest: WebhookEdit,
}

/// A change of a webhook, for [`crate::Client::edit_webhook`]. What is not named stays. The URL can't be
/// changed. `Debug` leaves the secret out.
///
/// ```
/// use siohook_api::WebhookEdit;
///
/// let edit = WebhookEdit::new().events(["SALE_NEW"]).active(true);
/// ```
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[must_use]
pub struct WebhookEdit {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subscriptions: Option<Vec<Subscription>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    active: Option<bool>,
}

/// An event with the version of its body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Subscription {
    event: String,
    schema_version: u8,
}

impl Subscription {
    fn new(event: String) -> Self {
        // The versions that are sent, and that the types of `siohook-events` read.
        let schema_version = if event.starts_with("SALE_") { 2 } else { 1 };
        Self {
            event,
            schema_version,
        }
    }
}

impl NewWebhook {
    /// Makes an active webhook without events. Name and URL are unique in an account; a name has up
    /// to 255 characters.
    pub fn new(name: impl Into<String>, url: impl Into<String>, secret: impl Into<String>) -> Self {
        let rest = WebhookEdit::new().name(name).secret(secret).active(true);
        Self {
            url: url.into(),
            rest: rest.events::<String>([]),
        }
    }

    /// Sets the events that it sends.
    pub fn events<E: Into<String>>(mut self, events: impl IntoIterator<Item = E>) -> Self {
        self.rest = self.rest.events(events);
        self
    }

    /// Sets whether it sends. The default is `true`.
    pub fn active(mut self, active: bool) -> Self {
        self.rest = self.rest.active(active);
        self
    }
}

impl WebhookEdit {
    /// Makes a change of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the secret that signs deliveries.
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(secret.into());
        self
    }

    /// Sets the events that it sends. Others are disabled, and these are enabled again if they were
    /// disabled.
    pub fn events<E: Into<String>>(mut self, events: impl IntoIterator<Item = E>) -> Self {
        let events = events.into_iter().map(Into::into);
        self.subscriptions = Some(events.map(Subscription::new).collect());
        self
    }

    /// Sets whether it sends.
    pub fn active(mut self, active: bool) -> Self {
        self.active = Some(active);
        self
    }
}

impl fmt::Debug for NewWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewWebhook")
            .field("url", &self.url)
            .field("rest", &self.rest)
            .finish()
    }
}

impl fmt::Debug for WebhookEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookEdit")
            .field("name", &self.name)
            .field("subscriptions", &self.subscriptions)
            .field("active", &self.active)
            .finish_non_exhaustive()
    }
}
