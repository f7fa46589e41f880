//! Searches, and deletions with what hangs on the deleted object.

use super::{BlogPage, Contact, Enrolment, Funnel, Ids, OrderLine, State, Step};
use crate::state::{Blog, Order};

impl State {
    /// Returns the contact with this e-mail address, in any case of its letters.
    ///
    /// ```
    /// use siohook_sandbox::state::{Change, State};
    ///
    /// let mut account = State::new(7);
    /// let now = "2026-01-01T00:00:00+00:00".parse()?;
    /// account.apply(Change::create_contact("jane@example.com"), now)?;
    /// assert!(account.contact_with_email("Jane@Example.com").is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn contact_with_email(&self, email: &str) -> Option<&Contact> {
        self.contacts.values().find(|one| one.has_email(email))
    }

    /// Deletes a contact with its enrolments, memberships, orders and subscriptions. Returns
    /// whether it existed.
    pub fn delete_contact(&mut self, contact: u64) -> bool {
        self.enrolments.retain(|_, one| one.contact != contact);
        self.memberships.retain(|_, one| one.contact != contact);
        self.subscriptions.retain(|_, one| one.contact != contact);
        self.orders.retain(|_, one| one.contact != contact);
        self.waiting
            .retain(|one| one.journey.trigger.contact != contact);
        self.usage.remove(&contact);
        self.contacts.remove(&contact).is_some()
    }

    /// Deletes a tag and takes it off all contacts. Returns whether it existed.
    pub fn delete_tag(&mut self, tag: u64) -> bool {
        for contact in self.contacts.values_mut() {
            contact.tags.remove(&tag);
        }
        self.tags.remove(&tag).is_some()
    }

    /// Deletes a contact field with its values. Returns whether it existed.
    pub fn delete_contact_field(&mut self, slug: &str) -> bool {
        for contact in self.contacts.values_mut() {
            contact.fields.remove(slug);
        }
        let before = self.contact_fields.len();
        self.contact_fields.retain(|field| field.slug != slug);
        self.contact_fields.len() < before
    }

    /// Deletes what belongs to a funnel step: its rules and webinars.
    pub(crate) fn delete_with_step(&mut self, step: u64) {
        self.rules.retain(|_, rule| rule.step != Some(step));
        self.webinars.retain(|_, webinar| webinar.step != step);
    }

    /// Deletes the access to a course, and takes the course out of bundles.
    pub(crate) fn delete_with_course(&mut self, course: u64) {
        self.enrolments.retain(|_, one| one.course != course);
        for bundle in self.bundles.values_mut() {
            bundle.courses.retain(|one| *one != course);
        }
    }

    /// Ends the delays of a workflow.
    pub(crate) fn delete_with_workflow(&mut self, workflow: u64) {
        self.waiting.retain(|one| one.journey.workflow != workflow);
    }

    /// Removes all objects that were made since then, and what happened to new contacts.
    pub(crate) fn forget_since(&mut self, ids: Ids) {
        let first = ids.clone().number();
        self.contacts.split_off(&first);
        self.tags.split_off(&first);
        self.courses.split_off(&first);
        self.bundles.split_off(&first);
        self.communities.split_off(&first);
        self.price_plans.split_off(&first);
        self.orders.split_off(&first);
        self.subscriptions.split_off(&first);
        self.funnels.split_off(&first);
        self.campaigns.split_off(&first);
        self.emails.split_off(&first);
        self.webinars.split_off(&first);
        self.usage.split_off(&first);
        self.history.retain(|one| one.contact < first);
        self.waiting
            .retain(|one| one.journey.trigger.contact < first);
        self.ids = ids;
    }

    pub(crate) fn step(&self, id: u64) -> Option<(&Funnel, &Step)> {
        self.funnels.values().find_map(|funnel| {
            let step = funnel.steps.iter().find(|step| step.id == id)?;
            Some((funnel, step))
        })
    }

    pub(crate) fn blog_page(&self, id: u64) -> Option<(&Blog, &BlogPage)> {
        self.blogs.values().find_map(|blog| {
            let page = blog.pages.iter().find(|page| page.id == id)?;
            Some((blog, page))
        })
    }

    pub(crate) fn order_line(&self, order: u64, line: u64) -> Option<(&Order, &OrderLine)> {
        let order = self.orders.get(&order)?;
        let line = order.lines.iter().find(|one| one.id == line)?;
        Some((order, line))
    }

    pub(crate) fn enrolment_mut(&mut self, contact: u64, course: u64) -> Option<&mut Enrolment> {
        let mut enrolments = self.enrolments.values_mut();
        enrolments.find(|one| one.contact == contact && one.course == course)
    }

    pub(crate) fn is_member(&self, contact: u64, community: u64) -> bool {
        let mut memberships = self.memberships.values();
        memberships.any(|one| one.contact == contact && one.community == community)
    }
}
