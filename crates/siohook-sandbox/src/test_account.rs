//! An account with objects for tests.

use std::collections::BTreeMap;

use siohook_events::{Mechanism, Timestamp, events};

use crate::change::{Applied, Change};
use crate::state::*;
use crate::{Outgoing, Source};

pub(crate) const NOW: &str = "2026-01-31T12:00:00+00:00";

pub(crate) struct Account {
    pub(crate) state: State,
    pub(crate) now: Timestamp,
}

impl Account {
    pub(crate) fn new() -> Self {
        let (state, now) = (State::new(7), NOW.parse().unwrap());
        Self { state, now }
    }

    pub(crate) fn apply(&mut self, change: Change) -> Applied {
        self.state.apply(change, self.now).unwrap()
    }

    /// The messages of a change, written as event and URL.
    pub(crate) fn sent(&mut self, change: Change) -> Vec<String> {
        written(&self.apply(change).outgoing)
    }

    pub(crate) fn sent_until(&mut self, time: &str) -> Vec<String> {
        written(&self.state.advance(time.parse().unwrap()))
    }

    pub(crate) fn contact(&mut self, email: &str) -> u64 {
        self.apply(Change::create_contact(email)).id.unwrap()
    }

    pub(crate) fn tag(&mut self, name: &str) -> u64 {
        let id = self.state.ids.number();
        let (name, created_at) = (name.to_owned(), self.now);
        let tag = Tag {
            id,
            name,
            created_at,
        };
        self.state.tags.insert(id, tag);
        id
    }

    pub(crate) fn step(&mut self, r#type: &str) -> u64 {
        let (funnel, id) = (self.state.ids.number(), self.state.ids.number());
        let (name, r#type) = ("Page".to_owned(), r#type.to_owned());
        let steps = vec![Step {
            id,
            name: name.clone(),
            r#type,
        }];
        self.state.funnels.insert(
            funnel,
            Funnel {
                id: funnel,
                name,
                steps,
            },
        );
        id
    }

    /// A webhook with all events.
    pub(crate) fn webhook(&mut self) {
        let of_accounts = events()
            .iter()
            .filter(|one| one.mechanism() == Mechanism::Account);
        let subscriptions = of_accounts.map(|event| EventSubscription {
            id: self.state.ids.uuid(self.now),
            event: event.name().to_owned(),
            disabled: None,
        });
        let subscriptions = subscriptions.collect();
        let id = self.state.ids.uuid(self.now);
        let webhook = Webhook {
            id: id.clone(),
            name: id.clone(),
            url: format!("http://localhost/{id}"),
            secret: "secret".to_owned(),
            active: true,
            subscriptions,
        };
        self.state.webhooks.insert(id, webhook);
    }

    pub(crate) fn rule(&mut self, json: &str) -> u64 {
        let id = self.state.ids.number();
        let json = json.replacen('{', &format!(r#"{{"id": {id}, "#), 1);
        self.state
            .rules
            .insert(id, serde_json::from_str(&json).unwrap());
        id
    }

    pub(crate) fn workflow(&mut self, json: &str) -> u64 {
        let id = self.state.ids.number();
        let rest = format!(r#"{{"id": {id}, "name": "W", "active": true, "#);
        let json = json.replacen('{', &rest, 1);
        self.state
            .workflows
            .insert(id, serde_json::from_str(&json).unwrap());
        id
    }

    pub(crate) fn course(&mut self) -> u64 {
        let id = self.state.ids.number();
        let course = Course {
            id,
            name: "Course".to_owned(),
            description: None,
            locale: "en".to_owned(),
            domain_name: None,
            path: "course".to_owned(),
            active: true,
            modules: vec![],
        };
        self.state.courses.insert(id, course);
        id
    }

    pub(crate) fn plan(&mut self, amount: u64, resources: Vec<Resource>) -> u64 {
        let id = self.state.ids.number();
        let plan = PricePlan {
            id,
            name: "Offer".to_owned(),
            inner_name: "offer".to_owned(),
            statement_descriptor: "OFFER".to_owned(),
            r#type: PlanType::OneShot,
            amount,
            currency: "eur".to_owned(),
            recurring_options: None,
            resources,
        };
        self.state.price_plans.insert(id, plan);
        id
    }

    /// A subscription of 10.00 a month, at most three times.
    pub(crate) fn subscription(&mut self, contact: u64) -> u64 {
        let plan = self.plan(1000, vec![]);
        let mut rhythm = RecurringOptions::every(1, Interval::Month);
        rhythm.limit_of_payments = Some(3);
        let found = self.state.price_plans.get_mut(&plan).unwrap();
        found.r#type = PlanType::LimitedSubscription;
        found.recurring_options = Some(rhythm);
        self.apply(buy(contact, &[plan]));
        *self.state.subscriptions.last_key_value().unwrap().0
    }
}

pub(crate) fn opt_in(page: u64) -> Change {
    Change::OptIn {
        email: "lea.martin@example.com".to_owned(),
        page,
        ip: Some("203.0.113.109".to_owned()),
        fields: BTreeMap::new(),
        source_url: None,
    }
}

pub(crate) fn buy(contact: u64, price_plans: &[u64]) -> Change {
    Change::Buy {
        contact,
        price_plans: price_plans.to_vec(),
        step: None,
        coupon: None,
        ip: None,
    }
}

fn written(outgoing: &[Outgoing]) -> Vec<String> {
    let written = outgoing.iter().map(|message| {
        let event = message.sample.event();
        match &message.source {
            Source::Webhook { .. } | Source::Direct { .. } => event.to_string(),
            Source::Rule { url, .. } | Source::Workflow { url, .. } => format!("{event} {url}"),
        }
    });
    written.collect()
}
