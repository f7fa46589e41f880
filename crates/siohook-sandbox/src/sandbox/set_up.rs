//! The account of a sandbox that starts.

use siohook_events::{Mechanism, Timestamp, events};
use siohook_sender::Sample;

use super::StartError;
use crate::Refusal;
use crate::account::Credentials;
use crate::state::{Action, ApiKey, EventSubscription, Rule, State, Trigger, Webhook};

impl State {
    /// Accepts these keys of the public API.
    pub(super) fn accept_keys(&mut self, keys: &[String]) {
        for key in keys {
            if self.api_keys.values().any(|one| one.key == *key) {
                continue;
            }
            let id = self.ids.number();
            let (name, key) = (format!("Key {id}"), key.clone());
            self.api_keys.insert(id, ApiKey { id, name, key });
        }
    }

    /// The secret and the token that the account has for the receiver at this URL.
    pub(super) fn credentials_of(&self, url: &str) -> (Option<String>, Option<String>) {
        let webhook = self.webhooks.values().find(|one| one.url == url);
        let actions = self.rules.values().flat_map(|one| &one.actions);
        let mut urls = actions.filter_map(Action::url);
        let token = urls.find_map(|one| token_after(one, url));
        (webhook.map(|one| one.secret.clone()), token)
    }

    /// Makes a webhook with all events and a rule for each trigger. Those that there are for this
    /// URL get the secret and the token instead.
    pub(super) fn send_all_to(
        &mut self,
        url: &str,
        credentials: &Credentials,
        now: Timestamp,
    ) -> Result<(), StartError> {
        let Credentials { secret, token } = credentials;
        match self.webhooks.values_mut().find(|one| one.url == url) {
            Some(webhook) => webhook.secret.clone_from(secret),
            None => {
                self.add_webhook(url.to_owned(), url.to_owned(), secret.clone(), now);
            }
        }
        let request = Sample::of("contact.tag.added").token(token).request(url);
        let with_token = request.map_err(|_| StartError::To(Refusal::NotUrl))?.url();
        let actions = self.rules.values_mut().flat_map(|one| &mut one.actions);
        let mut has_rules = false;
        for action in actions {
            if let Action::Webhook { url: own } = action
                && token_after(own, url).is_some()
            {
                own.clone_from(&with_token);
                has_rules = true;
            }
        }
        if has_rules {
            return Ok(());
        }
        for trigger in Trigger::with_known_body() {
            let (id, url) = (self.ids.number(), with_token.clone());
            let rule = Rule {
                id,
                step: None,
                trigger,
                actions: vec![Action::Webhook { url }],
            };
            self.rules.insert(id, rule);
        }
        Ok(())
    }

    /// Makes an active webhook with all events. Returns its id.
    pub(super) fn add_webhook(
        &mut self,
        name: String,
        url: String,
        secret: String,
        now: Timestamp,
    ) -> String {
        let of_account = events()
            .iter()
            .filter(|one| one.mechanism() == Mechanism::Account);
        let subscriptions = of_account.map(|event| EventSubscription {
            id: self.ids.uuid(now),
            event: event.name().to_owned(),
            disabled: None,
        });
        let subscriptions = subscriptions.collect();
        let id = self.ids.uuid(now);
        let webhook = Webhook {
            id: id.clone(),
            name,
            url,
            secret,
            active: true,
            subscriptions,
        };
        self.webhooks.insert(id.clone(), webhook);
        id
    }
}

/// The token of a URL that is another one with a token after it.
fn token_after(with_token: &str, url: &str) -> Option<String> {
    let tag = Sample::of("contact.tag.added").unsigned();
    let plain = tag.request(url).ok()?.url();
    let query = with_token.strip_prefix(&plain)?.strip_prefix(['?', '&'])?;
    let (name, token) = form_urlencoded::parse(query.as_bytes()).next()?;
    (name == "token").then(|| token.into_owned())
}

impl Trigger {
    /// The triggers whose automations have a published body, each for any object.
    fn with_known_body() -> [Self; 10] {
        [
            Self::OptIn { page: None },
            Self::TagAdded { tag: None },
            Self::TagRemoved { tag: None },
            Self::Sale { price_plan: None },
            Self::Enrolled { course: None },
            Self::BundleGranted { bundle: None },
            Self::WebinarRegistered { webinar: None },
            Self::CampaignFinished { campaign: None },
            Self::PageVisited { page: None },
            Self::LinkClicked { email: None },
        ]
    }
}
