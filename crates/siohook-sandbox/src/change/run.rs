//! The chain of changes that follow from one.

use std::collections::VecDeque;
use std::mem;
use std::time::{Duration, UNIX_EPOCH};

use siohook_events::Timestamp;

use super::{Change, Refusal, Skipped};
use crate::Outgoing;
use crate::state::{Contact, Happening, Journey, Kind, State};

/// Changes can cause others, up to this depth.
pub(crate) const DEEPEST: u32 = 20;

/// Number of changes and journeys in a chain. Rules that each cause two changes would cause a
/// million at the greatest depth.
pub(crate) const LONGEST: usize = 1000;

/// Number of actions, messages and skipped automations after which a chain ends. Each change in
/// it can cause as many as the account has.
const LARGEST: usize = 10_000;

/// One change and all that follow from it at once.
pub(super) struct Run<'a> {
    pub(super) state: &'a mut State,
    pub(super) now: Timestamp,
    pub(super) outgoing: Vec<Outgoing>,
    pub(super) skipped: Vec<Skipped>,
    /// What happened [silently](Self::silently).
    pub(super) happened: Vec<Happening>,
    is_silent: bool,
    /// Whether [staging](Self::stage) makes objects with unknown names.
    pub(super) makes_missing: bool,
    /// Number of actions so far.
    pub(super) actions: usize,
    tasks: VecDeque<Task>,
}

/// What is done after the messages of the change before it.
pub(super) enum Task {
    /// A change, with the number of changes that led to it.
    Change(Change, u32),
    /// The rest of a workflow.
    Journey(Journey),
}

impl<'a> Run<'a> {
    pub(super) fn new(state: &'a mut State, now: Timestamp) -> Self {
        Self {
            state,
            now: whole_seconds(now),
            outgoing: vec![],
            skipped: vec![],
            happened: vec![],
            is_silent: false,
            makes_missing: false,
            actions: 0,
            tasks: VecDeque::new(),
        }
    }

    /// Changes the account without messages. What would have followed is not done.
    pub(super) fn silently<T>(&mut self, change: impl FnOnce(&mut Self) -> T) -> T {
        self.is_silent = true;
        let result = change(self);
        self.is_silent = false;
        self.tasks.clear();
        result
    }

    /// Tells webhooks, rules and workflows what happened.
    pub(super) fn announce(&mut self, contact: u64, kind: Kind, depth: u32) {
        let happening = Happening { contact, kind };
        if self.is_silent {
            self.happened.push(happening);
            return;
        }
        self.send_webhooks(&happening);
        self.start_automations(&happening, depth);
    }

    /// Puts a task behind those that wait.
    pub(super) fn later(&mut self, task: Task) {
        self.tasks.push_back(task);
    }

    /// Performs what follows. Returns all messages.
    pub(super) fn finish(&mut self) -> Vec<Outgoing> {
        for _ in 0..LONGEST {
            let size = self.actions + self.outgoing.len() + self.skipped.len();
            let task = self.tasks.pop_front().filter(|_| size < LARGEST);
            let Some(task) = task else {
                break;
            };
            match task {
                // A rule may name what was deleted since. Then the action does nothing.
                Task::Change(change, depth) if depth <= DEEPEST => {
                    self.change(change, depth).ok();
                }
                Task::Change(..) => {}
                Task::Journey(journey) => self.travel(journey),
            }
        }
        mem::take(&mut self.outgoing)
    }

    /// Changes the account and announces what happened. Returns the id of what was created.
    pub(super) fn change(&mut self, change: Change, depth: u32) -> Result<Option<u64>, Refusal> {
        match change {
            Change::CreateContact {
                email,
                locale,
                fields,
                source_url,
            } => self
                .create_contact(email, locale, fields, source_url, depth)
                .map(Some),
            Change::AddTag { contact, tag } => self.add_tag(contact, tag, depth),
            Change::RemoveTag { contact, tag } => self.remove_tag(contact, tag, depth),
            Change::OptIn {
                email,
                page,
                ip,
                fields,
                source_url,
            } => self.opt_in(email, page, ip, fields, source_url, depth),
            Change::Buy {
                contact,
                price_plans,
                step,
                coupon,
                ip,
            } => self.buy(contact, &price_plans, step, coupon, ip, depth),
            Change::Refund { order, line } => self.refund(order, line, depth),
            Change::Cancel {
                subscription,
                ending,
            } => self.cancel(subscription, ending, depth),
            Change::Pay { subscription } => self.pay(subscription, depth),
            Change::FailPayment { subscription } => self.fail_payment(subscription, depth),
            Change::Enroll {
                contact,
                course,
                access_type,
                modules,
            } => self.enroll(contact, course, access_type, modules, depth),
            Change::GrantBundle {
                contact,
                bundle,
                access_type,
            } => self.grant_bundle(contact, bundle, access_type, depth),
            Change::Join { contact, community } => self.join(contact, community),
            Change::SubscribeCampaign { contact, campaign } => {
                self.subscribe_campaign(contact, campaign)
            }
            Change::UnsubscribeCampaign { contact, campaign } => {
                self.unsubscribe_campaign(contact, campaign)
            }
            Change::FinishCampaign { contact, campaign } => {
                self.finish_campaign(contact, campaign, depth)
            }
            Change::RegisterWebinar {
                contact,
                webinar,
                scheduled_at,
            } => self.register_webinar(contact, webinar, scheduled_at, depth),
            Change::VisitPage { contact, step } => self.visit_page(contact, step, depth),
            Change::ClickLink { contact, email } => self.click_link(contact, email, depth),
        }
    }

    pub(super) fn contact(&mut self, id: u64) -> Result<&mut Contact, Refusal> {
        let contact = self.state.contacts.get_mut(&id);
        contact.ok_or_else(|| Refusal::unknown("contact", id))
    }
}

/// The time without the part of a second, as it is written in bodies.
fn whole_seconds(time: Timestamp) -> Timestamp {
    let seconds = u64::try_from(time.unix_seconds()).unwrap_or_default();
    let whole = UNIX_EPOCH + Duration::from_secs(seconds);
    whole.try_into().unwrap_or(time)
}
