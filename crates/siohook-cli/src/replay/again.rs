//! What changes in a delivery that is sent again.

use siohook_sender::{Capture, Mechanism, Sample, sign};
use uuid::Uuid;

use super::{As, Replay};
use crate::config::Config;
use crate::forward::Changes;
use crate::inbox::id_of;
use crate::secret::{Reader, Shared};
use crate::store::Found;
use crate::text::now;
use crate::{Exit, Failure, Output};

/// What the user wants of all that is sent.
pub(super) struct Again {
    pub(super) r#as: As,
    /// Signs account webhooks anew.
    pub(super) secret: Option<Known>,
    /// Replaces the token of automations.
    pub(super) token: Option<Known>,
}

impl Replay {
    /// What changes in them. Those of an inbox need a secret or a token, wherever it is.
    pub(super) fn again(
        &self,
        found: &[Found],
        output: Output,
        config: &Config,
    ) -> Result<Again, Failure> {
        let mut reader = Reader::new(output);
        let mut read = |shared: Shared, flag, source: &Option<String>| {
            let known = |value, is_for_all| Ok(Some(Known { value, is_for_all }));
            if let Some(source) = source {
                return known(reader.read(flag, source)?.value, true);
            }
            let needs = |found: &Found| {
                is_of_inbox(&found.capture)
                    && is_account(&found.capture) == (shared == Shared::Secret)
            };
            if !found.iter().any(needs) {
                return Ok(None);
            }
            match reader.first(shared, None, config)? {
                Some(secret) => known(secret.value, false),
                None => Err(unsigned(shared, flag)),
            }
        };
        Ok(Again {
            r#as: self.r#as,
            secret: read(Shared::Secret, "--resign", &self.resign)?,
            token: read(Shared::Token, "--token", &self.token)?,
        })
    }
}

/// A secret or a token.
pub(super) struct Known {
    value: String,
    /// Whether the user named it. Otherwise, it is for what has none.
    is_for_all: bool,
}

impl Known {
    fn of<'a>(known: Option<&'a Self>, capture: &Capture) -> Option<&'a str> {
        let known = known.filter(|known| known.is_for_all || is_of_inbox(capture));
        known.map(|known| &*known.value)
    }
}

impl Again {
    pub(super) fn changes(&self, capture: &Capture) -> Result<Changes, Failure> {
        let mut changes = Changes::default();
        let is_account = is_account(capture);
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
        if let Some(secret) = Known::of(self.secret.as_ref(), capture).filter(|_| is_account) {
            changes = changes.signature(sign(secret, capture.body()));
        }
        if let Some(token) = Known::of(self.token.as_ref(), capture).filter(|_| !is_account) {
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

fn is_account(capture: &Capture) -> bool {
    capture.mechanism() == Some(Mechanism::Account)
}

/// Whether it was made from a delivery of an inbox, which has no signature.
fn is_of_inbox(capture: &Capture) -> bool {
    capture
        .edited_from()
        .is_some_and(|name| id_of(name).is_some())
}

fn unsigned(shared: Shared, flag: &str) -> Failure {
    let what = match shared {
        Shared::Secret => "an account webhook of the inbox is signed anew, and there is no secret",
        Shared::Token => "an automation of the inbox needs a token, and there is none",
    };
    let variable = shared.variable();
    Failure::new(Exit::Usage, "no_secret", what).hint(format!(
        "set {variable}, or add `{flag} env:NAME` or `{flag} file:PATH`"
    ))
}
