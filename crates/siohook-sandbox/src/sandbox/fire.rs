use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};
use siohook_events::Timestamp;

use super::Sandbox;
use crate::Key;
use crate::state::{Fire, Ref};
use crate::strict::{self, Misfit};

impl Sandbox {
    /// Begins an event, by its name in the catalogue, or an action such as `opt-in`.
    ///
    /// An event is sent alone. What it is about exists afterwards: the contact, the order and so
    /// on. An action changes the account, and sends all that follows.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = siohook_sandbox::Sandbox::start().await?;
    /// let ids = sandbox
    ///     .fire("SALE_NEW")
    ///     .contact("jane@example.com")
    ///     .set("/pricePlan/amount", 9900)
    ///     .to("http://localhost:3000/systeme")
    ///     .send()
    ///     .await?;
    /// assert_eq!(ids.len(), 1);
    ///
    /// let error = sandbox.fire("NEW_SALE").send().await.unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "there is no event and no action `NEW_SALE`; did you mean `SALE_NEW`?",
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn fire(&self, event: &str) -> FireBuilder<'_> {
        FireBuilder {
            sandbox: self,
            fire: Fire {
                event: event.to_owned(),
                ..Fire::default()
            },
            with: Map::new(),
        }
    }
}

/// An event that is to be sent: see [`Sandbox::fire`].
#[derive(Debug)]
#[must_use]
pub struct FireBuilder<'a> {
    sandbox: &'a Sandbox,
    fire: Fire,
    with: Map<String, Value>,
}

impl FireBuilder<'_> {
    /// Sets the e-mail address of the contact, who is created if missing.
    pub fn contact(mut self, email: &str) -> Self {
        self.fire.contact = Some(Ref::Name(email.to_owned()));
        self
    }

    /// Says what it is about: `tag`, `price_plan`, `funnel_step` and so on, by id or name.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.with.insert(name.to_owned(), value.into());
        self
    }

    /// Replaces a value of the body at a JSON pointer. If the value can't be written as JSON, it
    /// is null.
    pub fn set(mut self, pointer: &str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap_or_default();
        self.fire.set.push((pointer.to_owned(), value));
        self
    }

    /// Replaces the whole body. It is signed as it is.
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.fire.body = Some(body.into());
        self
    }

    /// Sends to this URL only, with the secret or the token of the sandbox.
    pub fn to(mut self, url: impl Into<String>) -> Self {
        self.fire.to = Some(url.into());
        self
    }

    /// Sets the secret of [`to`](Self::to), or its token if the event is that of an automation.
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.fire.secret = Some(Key(secret.into()));
        self
    }

    /// Sets the time of the event. The default is the time of the clock.
    pub fn at(mut self, time: Timestamp) -> Self {
        self.fire.at = Some(time);
        self
    }

    /// Sends it. Returns the ids of the messages.
    ///
    /// # Errors
    ///
    /// If there is no such event, pointer or object, or the sandbox does not send to the URL.
    pub async fn send(self) -> Result<Vec<String>, FireError> {
        let Self {
            sandbox,
            mut fire,
            with,
        } = self;
        fire.with = strict::read(&Value::Object(with))?;
        sandbox.perform(&fire).map(|(_, ids)| ids)
    }
}

impl Sandbox {
    /// Returns the id of what was made or changed, and those of the messages.
    pub(super) fn perform(&self, fire: &Fire) -> Result<(Option<u64>, Vec<String>), FireError> {
        if let Some(url) = &fire.to {
            let checked = self.account.sender.allowed().check(url);
            checked.map_err(|refusal| FireError::new(refusal.to_string()))?;
        }
        let (fired, ids) = self
            .account
            .change(|state, now| match state.fire(fire, now) {
                Ok(fired) => (Ok(fired.id), fired.outgoing),
                Err(misfire) => (Err(misfire), vec![]),
            });
        Ok((fired?, ids))
    }
}

/// Error of something that can't be done in the account. The text says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FireError(String);

impl FireError {
    pub(super) fn new(error: impl Into<String>) -> Self {
        Self(error.into())
    }
}

impl From<Misfit> for FireError {
    fn from(misfit: Misfit) -> Self {
        let error = misfit.error;
        Self(match misfit.did_you_mean {
            Some(name) if !error.ends_with('?') => format!("{error}; did you mean `{name}`?"),
            _ => error,
        })
    }
}

impl fmt::Display for FireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FireError {}
