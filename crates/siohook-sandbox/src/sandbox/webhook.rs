use siohook_events::{EventName, Mechanism};

use super::{FireError, Sandbox};
use crate::state::Webhook;

impl Sandbox {
    /// Begins an account webhook with this name and URL.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = siohook_sandbox::Sandbox::start().await?;
    /// let webhook = sandbox
    ///     .webhook("sales", "http://localhost:3000/systeme")
    ///     .secret("s3cret")
    ///     .events(["SALE_NEW", "SALE_CANCELED"])
    ///     .create()
    ///     .await?;
    /// assert_eq!(webhook.subscriptions.len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn webhook(&self, name: &str, url: &str) -> WebhookBuilder<'_> {
        WebhookBuilder {
            sandbox: self,
            name: name.to_owned(),
            url: url.to_owned(),
            secret: self.secret().to_owned(),
            events: None,
        }
    }
}

/// An account webhook that is to be made: see [`Sandbox::webhook`].
#[derive(Debug)]
#[must_use]
pub struct WebhookBuilder<'a> {
    sandbox: &'a Sandbox,
    name: String,
    url: String,
    secret: String,
    /// `None` for all.
    events: Option<Vec<String>>,
}

impl WebhookBuilder<'_> {
    /// Sets the secret. The default is that of the [sandbox](Sandbox::secret).
    pub fn secret(mut self, secret: &str) -> Self {
        secret.clone_into(&mut self.secret);
        self
    }

    /// Subscribes to all events of account webhooks. This is the default.
    pub fn all_events(mut self) -> Self {
        self.events = None;
        self
    }

    /// Subscribes to these events only.
    pub fn events<E: Into<String>>(mut self, events: impl IntoIterator<Item = E>) -> Self {
        self.events = Some(events.into_iter().map(Into::into).collect());
        self
    }

    /// Makes the webhook.
    ///
    /// # Errors
    ///
    /// If the sandbox does not send to the URL, if another webhook has the name or the URL, or if
    /// an event is unknown.
    pub async fn create(self) -> Result<Webhook, FireError> {
        let Self {
            sandbox,
            name,
            url,
            secret,
            events,
        } = self;
        let allowed = sandbox.account.sender.allowed().check(&url);
        allowed.map_err(|refusal| FireError::new(refusal.to_string()))?;
        for event in events.iter().flatten() {
            let listed = EventName::new(event).event();
            if listed.is_none_or(|event| event.mechanism() != Mechanism::Account) {
                let error = format!("`{event}` is not an event of account webhooks");
                return Err(FireError::new(error));
            }
        }
        let (made, _) = sandbox.account.change(|state, now| {
            let mut others = state.webhooks.values();
            if others.any(|one| one.name == name || one.url == url) {
                let error = format!("there is a webhook `{name}` or one to {url} already");
                return (Err(FireError::new(error)), vec![]);
            }
            let id = state.add_webhook(name, url, secret, now);
            let made = state.webhooks.get_mut(&id).map(|webhook| {
                if let Some(events) = &events {
                    webhook
                        .subscriptions
                        .retain(|one| events.contains(&one.event));
                }
                webhook.clone()
            });
            (made.ok_or_else(|| FireError::new("it is gone")), vec![])
        });
        made
    }
}
