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

    /// Makes a webhook with all events and a rule for each trigger, unless there are some for this
    /// URL already.
    pub(super) fn send_all_to(
        &mut self,
        url: &str,
        credentials: &Credentials,
        now: Timestamp,
    ) -> Result<(), StartError> {
        if self.webhooks.values().all(|one| one.url != url) {
            let name = url.to_owned();
            self.add_webhook(name, url.to_owned(), credentials.secret.clone(), now);
        }
        let request = Sample::of("contact.tag.added")
            .token(&credentials.token)
            .request(url);
        let url = request.map_err(|_| StartError::To(Refusal::NotUrl))?.url();
        let mut rules = self.rules.values();
        let calls = |rule: &Rule| rule.actions.iter().any(|one| one.url() == Some(&*url));
        if rules.any(calls) {
            return Ok(());
        }
        for trigger in Trigger::with_known_body() {
            let (id, url) = (self.ids.number(), url.clone());
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
