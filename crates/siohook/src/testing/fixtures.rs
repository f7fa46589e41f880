//! The bodies of `fixtures/`, as they are on the wire.

use siohook_events::Mechanism;

/// A body of `fixtures/`: `automation/EVENT.json`, or `automation/EVENT.form.json`
/// where there are several of an event.
pub(super) struct Fixture {
    pub(super) file: &'static str,
    pub(super) body: &'static str,
}

macro_rules! read {
    ($file:expr) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/", $file))
    };
}

macro_rules! fixtures {
    ($($file:literal)*) => {
        &[$(Fixture { file: $file, body: read!($file) }),*]
    };
}

/// In the order of the catalogue. Of several forms of an event, the first is the
/// one that is meant where none is named.
pub(super) const FIXTURES: &[Fixture] = fixtures! {
    "automation/contact.optin.completed.funnel_step.json"
    "automation/contact.optin.completed.page_model.json"
    "automation/customer.sale.completed.json"
    "automation/contact.tag.added.json"
    "automation/contact.tag.removed.json"
    "automation/contact.webinar.registered.json"
    "automation/contact.course.enrolled.json"
    "automation/contact.course_bundle.enrolled.json"
    "automation/contact.campaign.finished.json"
    "automation/contact.page.visited.json"
    "automation/contact.email_link.clicked.json"
    "automation/subscription.payment.failed.json"
    "account/CONTACT_CREATED.json"
    "account/CONTACT_TAG_ADDED.json"
    "account/CONTACT_TAG_REMOVED.json"
    "account/CONTACT_TAG_REMOVED.nested.json"
    "account/CONTACT_OPT_IN.json"
    "account/SALE_NEW.json"
    "account/SALE_CANCELED.json"
};

/// The headers of one account delivery: `{"name": "value", …}`.
pub(super) const ACCOUNT_HEADERS: &str = read!("account-headers.json");

impl Fixture {
    pub(super) fn mechanism(&self) -> Mechanism {
        if self.file.starts_with("account/") {
            Mechanism::Account
        } else {
            Mechanism::Automation
        }
    }

    pub(super) fn event(&self) -> &'static str {
        self.event_and_form().0
    }

    /// Empty if there is one form only, or if it is the usual one.
    pub(super) fn form(&self) -> &'static str {
        self.event_and_form().1
    }

    /// `contact.optin.completed` and `page_model`.
    fn event_and_form(&self) -> (&'static str, &'static str) {
        let (_, name) = self.file.split_once('/').unwrap_or_default();
        let stem = name.strip_suffix(".json").unwrap_or_default();
        let mut names = siohook_events::events()
            .iter()
            .map(siohook_events::Event::name);
        let event = names.find(|event| {
            let form = stem.strip_prefix(event);
            form.is_some_and(|form| form.is_empty() || form.starts_with('.'))
        });
        let event = event.unwrap_or_default();
        (event, stem[event.len()..].trim_start_matches('.'))
    }
}
