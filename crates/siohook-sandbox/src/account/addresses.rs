//! Where messages go, by the state of the account.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::state::{Action, Disabled, DisabledReason, State, WorkflowStep};
use crate::{Clock, Directory, Key, Source, Target};

/// Secret and token of messages that go to a URL of their own. `Debug` does not show them.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) secret: String,
    pub(crate) token: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

pub(super) struct Addresses {
    state: Arc<Mutex<State>>,
    clock: Clock,
    credentials: Credentials,
}

impl Addresses {
    pub(super) fn new(state: Arc<Mutex<State>>, clock: Clock, credentials: Credentials) -> Self {
        Self {
            state,
            clock,
            credentials,
        }
    }

    fn direct(&self, url: &str, is_signed: bool, key: Option<&Key>) -> Target {
        let Credentials { secret, token } = &self.credentials;
        let own = if is_signed { secret } else { token };
        Target {
            url: url.to_owned(),
            key: Some(key.map_or(own, |key| &key.0).clone()),
        }
    }
}

impl Directory for Addresses {
    fn target(&self, source: &Source) -> Option<Target> {
        if let Source::Direct {
            url,
            is_signed,
            key,
        } = source
        {
            return Some(self.direct(url, *is_signed, key.as_ref()));
        }
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (url, key) = match source {
            Source::Webhook {
                webhook,
                subscription,
            } => {
                let webhook = state.webhooks.get(webhook).filter(|one| one.active)?;
                let mut subscriptions = webhook.subscriptions.iter();
                subscriptions.find(|one| one.id == *subscription && one.disabled.is_none())?;
                (webhook.url.clone(), Some(webhook.secret.clone()))
            }
            Source::Rule { rule, url } => {
                let actions = state.rules.get(rule)?.actions.iter();
                let urls = actions.filter_map(Action::url);
                (current(urls.collect(), url)?, None)
            }
            Source::Workflow { workflow, url } => {
                let workflow = state.workflows.get(workflow)?;
                let mut urls = vec![];
                WorkflowStep::collect_urls(&workflow.steps, &mut urls);
                (current(urls, url)?, None)
            }
            Source::Direct { .. } => return None,
        };
        Some(Target { url, key })
    }

    fn disable(&self, source: &Source) {
        let Source::Webhook {
            webhook,
            subscription,
        } = source
        else {
            return;
        };
        let (at, reason) = (self.clock.now(), DisabledReason::BadSuccessRate);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let webhook = state.webhooks.get_mut(webhook);
        let subscriptions = webhook.into_iter().flat_map(|one| &mut one.subscriptions);
        for one in subscriptions.filter(|one| one.id == *subscription) {
            one.disabled.get_or_insert(Disabled { at, reason });
        }
    }
}

/// The URL if an action still has it, or else that of the first action: it was edited.
fn current(urls: Vec<&str>, url: &str) -> Option<String> {
    let same = urls.iter().find(|one| **one == url);
    same.or(urls.first()).map(|url| (*url).to_owned())
}
