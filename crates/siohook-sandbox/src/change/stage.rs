//! The change that an event or an action makes, with objects that exist.

use std::collections::BTreeMap;

use super::fire::refused;
use super::run::Run;
use super::with::{Ref, With};
use super::{Change, Topic};
use crate::api::is_email;
use crate::state::{Bundle, Campaign, Community, Course, Email, Enrolment, Tag, Webinar};
use crate::strict::Misfit;

/// The contact of events that name none.
const EMAIL: &str = "jane@example.com";

/// The address from which a made-up customer comes.
pub(super) const IP: &str = "203.0.113.7";

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

    /// Why the change would change nothing, if it would not.
    pub(super) fn unchanged_by(&self, change: &Change) -> Option<&'static str> {
        let has_tag = |contact, tag| {
            let contact = self.state.contacts.get(contact);
            contact.is_some_and(|one| one.tags.contains(tag))
        };
        match change {
            Change::AddTag { contact, tag } if has_tag(contact, tag) => {
                Some("the contact has the tag already")
            }
            Change::RemoveTag { contact, tag } if !has_tag(contact, tag) => {
                Some("the contact does not have the tag")
            }
            Change::Enroll {
                contact, course, ..
            } => {
                let mut enrolments = self.state.enrolments.values();
                let is_same = |one: &Enrolment| one.contact == *contact && one.course == *course;
                let has_access = enrolments.any(|one| is_same(one) && one.active);
                has_access.then_some("the contact has access to the course already")
            }
            _ => None,
        }
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
