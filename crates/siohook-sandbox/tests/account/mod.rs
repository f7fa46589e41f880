//! An account whose webhooks a test edits.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use siohook_events::Timestamp;
use siohook_sandbox::{
    AllowList, Client, Clock, Directory, Outgoing, Sender, Settings, Source, Target,
};
use siohook_sender::Sample;

#[derive(Default)]
pub(crate) struct Account {
    targets: Mutex<HashMap<Source, Target>>,
    disabled: Mutex<Vec<Source>>,
}

impl Directory for Account {
    fn target(&self, source: &Source) -> Option<Target> {
        let target = self.targets.lock().unwrap().get(source).cloned();
        assert!(
            target.as_ref().is_none_or(|target| target.url != "panic"),
            "the test asks for it"
        );
        target
    }

    fn disable(&self, source: &Source) {
        self.targets.lock().unwrap().remove(source);
        self.disabled.lock().unwrap().push(source.clone());
    }
}

#[allow(dead_code, reason = "each test file uses a part of it")]
impl Account {
    pub(crate) fn set(&self, source: &Source, url: &str, key: &str) {
        let (url, key) = (url.to_owned(), Some(key.to_owned()));
        self.targets
            .lock()
            .unwrap()
            .insert(source.clone(), Target { url, key });
    }

    pub(crate) fn delete(&self, source: &Source) {
        self.targets.lock().unwrap().remove(source);
    }

    pub(crate) fn disabled(&self) -> Vec<Source> {
        self.disabled.lock().unwrap().clone()
    }
}

pub(crate) fn start() -> Timestamp {
    "2026-09-28T07:41:14Z".parse().unwrap()
}

pub(crate) fn sender(settings: Settings) -> (Sender, Arc<Account>) {
    let account = Arc::new(Account::default());
    let client = Client::new(AllowList::new());
    let directory = Arc::clone(&account);
    let sender = Sender::new(Clock::manual(start()), client, directory, settings);
    (sender, account)
}

/// The subscription of a webhook to sales.
pub(crate) fn webhook(name: &str) -> Source {
    Source::Webhook {
        webhook: name.to_owned(),
        subscription: format!("{name}-sales"),
    }
}

pub(crate) fn sale(source: &Source) -> Outgoing {
    Outgoing {
        source: source.clone(),
        sample: Sample::of("SALE_NEW"),
        contact: Some(7),
    }
}
