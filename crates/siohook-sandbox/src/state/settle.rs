//! Ids of an account that was written by hand.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Display;
use std::hash::Hash;

use super::{Ids, State};

impl State {
    /// Checks that each object lies at its id, and that no two share one. The source of ids
    /// goes on behind the greatest one.
    pub(super) fn settle_ids(&mut self) -> Result<(), String> {
        let mut used = Used::default();
        used.keys("api_keys", &self.api_keys, |one| &one.id)?;
        used.keys("contacts", &self.contacts, |one| &one.id)?;
        used.keys("tags", &self.tags, |one| &one.id)?;
        used.keys("courses", &self.courses, |one| &one.id)?;
        used.keys("bundles", &self.bundles, |one| &one.id)?;
        used.keys("enrolments", &self.enrolments, |one| &one.id)?;
        used.keys("communities", &self.communities, |one| &one.id)?;
        used.keys("memberships", &self.memberships, |one| &one.id)?;
        used.keys("price_plans", &self.price_plans, |one| &one.id)?;
        used.keys("orders", &self.orders, |one| &one.id)?;
        used.keys("subscriptions", &self.subscriptions, |one| &one.id)?;
        used.keys("funnels", &self.funnels, |one| &one.id)?;
        used.keys("blogs", &self.blogs, |one| &one.id)?;
        used.keys("campaigns", &self.campaigns, |one| &one.id)?;
        used.keys("emails", &self.emails, |one| &one.id)?;
        used.keys("webinars", &self.webinars, |one| &one.id)?;
        used.keys("rules", &self.rules, |one| &one.id)?;
        used.keys("workflows", &self.workflows, |one| &one.id)?;
        let customers = self.contacts.values().filter_map(|one| one.customer);
        used.all("customers", customers)?;
        let modules = self.courses.values().flat_map(|one| &one.modules);
        used.all("modules of courses", modules.map(|one| one.id))?;
        let lines = self.orders.values().flat_map(|one| &one.lines);
        used.all("lines of orders", lines.map(|one| one.id))?;
        let steps = self.funnels.values().flat_map(|one| &one.steps);
        used.all("steps of funnels", steps.map(|one| one.id))?;
        let pages = self.blogs.values().flat_map(|one| &one.pages);
        used.all("pages of blogs", pages.map(|one| one.id))?;

        same_keys("webhooks", &self.webhooks, |one| &one.id)?;
        same_keys("coupons", &self.coupons, |one| &one.code)?;
        let webhooks = self.webhooks.values();
        let subscriptions = webhooks.flat_map(|one| &one.subscriptions);
        unique(
            "subscriptions of webhooks",
            subscriptions.map(|one| &*one.id),
        )?;
        let fields = self.contact_fields.iter();
        unique("contact_fields", fields.map(|one| &*one.slug))?;

        let greatest = used.0.into_keys().max();
        self.ids.skip_to(greatest.unwrap_or_default())
    }
}

/// The numbers in use, and what they are the ids of.
#[derive(Default)]
struct Used(HashMap<u64, &'static str>);

impl Used {
    /// Takes the ids of a map.
    fn keys<T>(
        &mut self,
        kind: &'static str,
        map: &BTreeMap<u64, T>,
        id: impl Fn(&T) -> &u64,
    ) -> Result<(), String> {
        same_keys(kind, map, id)?;
        self.all(kind, map.keys().copied())
    }

    fn all(&mut self, kind: &'static str, ids: impl Iterator<Item = u64>) -> Result<(), String> {
        for id in ids {
            if !(1..=Ids::MAX).contains(&id) {
                return Err(format!(
                    "{id} is the id of one of the {kind}: ids go from 1 to {}",
                    Ids::MAX
                ));
            }
            if let Some(other) = self.0.insert(id, kind) {
                return Err(format!(
                    "{id} is the id of one of the {other} and of one of the {kind}: give one of \
                     them a number that no other object has"
                ));
            }
        }
        Ok(())
    }
}

fn same_keys<K: PartialEq + Display, T>(
    kind: &str,
    map: &BTreeMap<K, T>,
    id: impl Fn(&T) -> &K,
) -> Result<(), String> {
    match map.iter().find(|(key, one)| *key != id(one)) {
        None => Ok(()),
        Some((key, one)) => Err(format!(
            "one of the {kind} has the key {key} and the id {}: give it the same as both",
            id(one)
        )),
    }
}

fn unique<T: Copy + Eq + Hash + Display>(
    kind: &str,
    mut ids: impl Iterator<Item = T>,
) -> Result<(), String> {
    let mut seen = HashSet::new();
    match ids.find(|id| !seen.insert(*id)) {
        None => Ok(()),
        Some(id) => Err(format!("two of the {kind} are {id}: rename one of them")),
    }
}
