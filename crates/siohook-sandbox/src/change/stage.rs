//! The change that an event or an action makes, with objects that exist.

use std::collections::BTreeMap;

use super::fire::refused;
use super::run::Run;
use super::with::{OneOrMore, Ref, With};
use super::{Change, Topic};
use crate::api::is_email;
use crate::state::{
    Bundle, Campaign, Community, Course, Email, Enrolment, Interval, PlanType, PricePlan,
    RecurringOptions, Resource, Tag, Webinar,
};
use crate::strict::Misfit;

/// The contact of events that name none.
const EMAIL: &str = "jane@example.com";

/// The address from which a made-up customer comes.
const IP: &str = "203.0.113.7";

impl Run<'_> {
    /// The change of a topic, with objects that exist.
    pub(super) fn stage(
        &mut self,
        topic: Topic,
        contact: Option<&Ref>,
        with: &With,
    ) -> Result<Change, Misfit> {
        let given = contact;
        let contact = match topic {
            // They create the contact themselves.
            Topic::ContactCreated => return self.stage_creation(given, with),
            Topic::OptIn => return self.stage_opt_in(given, with),
            _ => self.stage_contact(given, with)?,
        };
        Ok(match topic {
            Topic::ContactCreated => self.stage_creation(given, with)?,
            Topic::OptIn => self.stage_opt_in(given, with)?,
            Topic::TagAdded => Change::AddTag {
                contact,
                tag: self.find::<Tag>(with.tag.as_ref())?,
            },
            Topic::TagRemoved => Change::RemoveTag {
                contact,
                tag: self.find::<Tag>(with.tag.as_ref())?,
            },
            Topic::Sale => self.stage_sale(contact, with)?,
            Topic::Refund => {
                let (order, line) = self.stage_line(contact, with)?;
                Change::Refund { order, line }
            }
            Topic::Cancel => Change::Cancel {
                subscription: self.stage_subscription(contact, with)?,
                ending: with.ending,
            },
            Topic::Pay => Change::Pay {
                subscription: self.stage_subscription(contact, with)?,
            },
            Topic::PaymentFailed => Change::FailPayment {
                subscription: self.stage_subscription(contact, with)?,
            },
            Topic::Enrolled => Change::Enroll {
                contact,
                course: self.find::<Course>(with.course.as_ref())?,
                access_type: with.access_type,
                modules: with.modules.clone(),
            },
            Topic::BundleGranted => {
                let bundle = self.find::<Bundle>(with.bundle.as_ref())?;
                Change::GrantBundle {
                    contact,
                    bundle,
                    access_type: with.access_type,
                }
            }
            Topic::Joined => {
                let community = self.find::<Community>(with.community.as_ref())?;
                Change::Join { contact, community }
            }
            Topic::WebinarRegistered => Change::RegisterWebinar {
                contact,
                webinar: self.stage_webinar(with)?,
                scheduled_at: with.scheduled_at.unwrap_or(self.now),
            },
            Topic::CampaignFinished => {
                let campaign = self.find::<Campaign>(with.campaign.as_ref())?;
                Change::FinishCampaign { contact, campaign }
            }
            Topic::PageVisited => Change::VisitPage {
                contact,
                step: self.stage_step(with, "squeeze")?,
            },
            Topic::LinkClicked => {
                let email = self.find::<Email>(with.email.as_ref())?;
                Change::ClickLink { contact, email }
            }
        })
    }

    fn stage_creation(&mut self, contact: Option<&Ref>, with: &With) -> Result<Change, Misfit> {
        let email = self.email_of(contact)?;
        Ok(Change::CreateContact {
            locale: with.locale.clone(),
            fields: self.fields(&email, with),
            source_url: with.source_url.clone(),
            email,
        })
    }

    fn stage_opt_in(&mut self, contact: Option<&Ref>, with: &With) -> Result<Change, Misfit> {
        let email = self.email_of(contact)?;
        let page = match &with.page {
            Some(page) => self.find_page(page)?,
            None => self.stage_step(with, "squeeze")?,
        };
        Ok(Change::OptIn {
            page,
            ip: Some(with.ip.clone().unwrap_or_else(|| IP.to_owned())),
            fields: self.fields(&email, with),
            source_url: with.source_url.clone(),
            email,
        })
    }

    /// Undoes what would make the change change nothing, so that it is announced.
    pub(super) fn make_possible(&mut self, change: &Change) {
        match change {
            Change::AddTag { contact, tag } => {
                if let Some(contact) = self.state.contacts.get_mut(contact) {
                    contact.tags.remove(tag);
                }
            }
            Change::RemoveTag { contact, tag } => {
                if let Some(contact) = self.state.contacts.get_mut(contact) {
                    contact.tags.insert(*tag);
                }
            }
            Change::Enroll {
                contact, course, ..
            } => {
                let is_same = |one: &Enrolment| one.contact == *contact && one.course == *course;
                self.state.enrolments.retain(|_, one| !is_same(one));
            }
            _ => {}
        }
    }

    fn stage_contact(&mut self, contact: Option<&Ref>, with: &With) -> Result<u64, Misfit> {
        let email = self.email_of(contact)?;
        if let Some(known) = self.state.contact_with_email(&email) {
            return Ok(known.id);
        }
        let (locale, fields) = (with.locale.clone(), self.fields(&email, with));
        let created = self.create_contact(email, locale, fields, None, 0);
        created.map_err(|refusal| refused("/contact", &refusal))
    }

    /// The address of the contact. If it is given by its id, it has to exist.
    fn email_of(&self, contact: Option<&Ref>) -> Result<String, Misfit> {
        let email = match contact {
            Some(Ref::Id(id)) => {
                let contact = self.state.contacts.get(id);
                let unknown = || Misfit::new("/contact", format!("there is no contact {id}"));
                return Ok(contact.ok_or_else(unknown)?.email.clone());
            }
            Some(Ref::Name(email)) => email,
            None => EMAIL,
        };
        let error = || format!("`{email}` is not an e-mail address");
        let wrong = || Misfit::new("/contact", error());
        is_email(email).then(|| email.to_owned()).ok_or_else(wrong)
    }

    /// The given values. The made-up contact has a name.
    fn fields(&self, email: &str, with: &With) -> BTreeMap<String, String> {
        let mut fields = with.fields.clone();
        let slugs = self.state.contact_fields.iter().map(|one| &one.slug);
        for slug in slugs.filter(|_| email == EMAIL) {
            let value = match slug.as_str() {
                "first_name" => "Jane",
                "surname" => "Doe",
                _ => continue,
            };
            let value = value.to_owned();
            fields.entry(slug.clone()).or_insert(value);
        }
        fields
    }

    fn stage_sale(&mut self, contact: u64, with: &With) -> Result<Change, Misfit> {
        let mut price_plans = vec![];
        for plan in with.price_plan.iter().flat_map(OneOrMore::refs) {
            price_plans.push(self.find::<PricePlan>(Some(plan))?);
        }
        if price_plans.is_empty() {
            price_plans.push(self.stage_plan(with)?);
        }
        let step = match &with.funnel_step {
            Some(step) => Some(self.find_step(step)?),
            None => self.first_step("offer-form"),
        };
        let ip = Some(with.ip.clone().unwrap_or_else(|| IP.to_owned()));
        Ok(Change::Buy {
            contact,
            price_plans,
            step,
            coupon: with.coupon.clone(),
            ip,
        })
    }

    /// The first plan, or a new one that gives a course.
    fn stage_plan(&mut self, with: &With) -> Result<u64, Misfit> {
        let is_new = self.state.price_plans.is_empty();
        let id = self.find::<PricePlan>(None)?;
        if is_new {
            let course = self.find::<Course>(with.course.as_ref())?;
            let access_type = with.access_type;
            let resource = Resource::Course {
                course,
                access_type,
            };
            if let Some(plan) = self.state.price_plans.get_mut(&id) {
                plan.resources.push(resource);
            }
        }
        Ok(id)
    }

    /// The given line of an order, or the latest that was not cancelled.
    fn stage_line(&mut self, contact: u64, with: &With) -> Result<(u64, u64), Misfit> {
        let orders = self.state.orders.values().rev();
        let own = orders.filter(|order| match with.order {
            Some(id) => order.id == id,
            None => order.contact == contact || with.line.is_some(),
        });
        let lines = own.flat_map(|order| order.lines.iter().map(|line| (order.id, line)));
        let mut lines = lines.filter(|(_, line)| match with.line {
            Some(id) => line.id == id,
            None => !line.canceled,
        });
        if let Some((order, line)) = lines.next() {
            return Ok((order, line.id));
        }
        if let Some(line) = with.line {
            return Err(Misfit::new(
                "/with/line",
                format!("there is no line {line}"),
            ));
        }
        if let Some(order) = with.order {
            let error = format!("there is no order {order} with a line that was not cancelled");
            return Err(Misfit::new("/with/order", error));
        }
        let buy = self.stage_sale(contact, with)?;
        let bought = self.change(buy, 0);
        bought.map_err(|refusal| refused("/with", &refusal))?;
        self.stage_line(contact, with)
    }

    /// The given subscription, or the contact's latest that can still be paid.
    fn stage_subscription(&mut self, contact: u64, with: &With) -> Result<u64, Misfit> {
        if let Some(id) = with.subscription {
            let is_known = self.state.subscriptions.contains_key(&id);
            let error = || format!("there is no subscription {id}");
            let unknown = || Misfit::new("/with/subscription", error());
            return is_known.then_some(id).ok_or_else(unknown);
        }
        let subscriptions = self.state.subscriptions.values().rev();
        let mut own = subscriptions.filter(|one| one.contact == contact && one.status.is_open());
        if let Some(latest) = own.next() {
            return Ok(latest.id);
        }
        let plans = self.state.price_plans.values();
        let mut recurring = plans.filter(|plan| plan.recurring_options.is_some());
        let plan = match recurring.next() {
            Some(plan) => plan.id,
            None => self.make_monthly_plan(),
        };
        let buy = Change::Buy {
            contact,
            price_plans: vec![plan],
            step: None,
            coupon: None,
            ip: with.ip.clone(),
        };
        let bought = self.change(buy, 0);
        bought.map_err(|refusal| refused("/with", &refusal))?;
        self.stage_subscription(contact, with)
    }

    fn make_monthly_plan(&mut self) -> u64 {
        let (plan, options) = (
            self.make::<PricePlan>("Membership"),
            self.state.ids.number(),
        );
        if let Some(plan) = self.state.price_plans.get_mut(&plan) {
            let mut monthly = RecurringOptions::every(1, Interval::Month);
            monthly.id = options;
            plan.recurring_options = Some(monthly);
            plan.r#type = PlanType::Subscription;
        }
        plan
    }

    fn stage_webinar(&mut self, with: &With) -> Result<u64, Misfit> {
        if let Some(id) = with.webinar {
            let is_known = self.state.webinars.contains_key(&id);
            let error = || format!("there is no webinar {id}");
            let unknown = || Misfit::new("/with/webinar", error());
            return is_known.then_some(id).ok_or_else(unknown);
        }
        if let Some(first) = self.state.webinars.keys().next() {
            return Ok(*first);
        }
        let step = self.stage_step(with, "webinar_registration")?;
        let id = self.state.ids.number();
        let duration = 3600;
        let webinar = Webinar { id, duration, step };
        self.state.webinars.insert(id, webinar);
        Ok(id)
    }
}
