use serde::Serialize;
use siohook_events::Timestamp;
use siohook_sender::Sample;

use super::automation_sale::{self, CourseData};
use super::common::{Fields, FunnelStep, Named};
use crate::state::{Blog, BlogPage, Contact, Happening, Kind, State};

/// The automation webhook of what happened. `None` if it has no event, or if an object in it was
/// deleted since.
pub(crate) fn automation(state: &State, happening: &Happening) -> Option<Sample> {
    let person = state.contacts.get(&happening.contact)?;
    let contact = Person::of(state, person);
    Some(match &happening.kind {
        Kind::Created | Kind::SaleCanceled { .. } => return None,
        Kind::TagAdded(tag) => {
            let tag = TagData::of(state, *tag, contact)?;
            Sample::automation("contact.tag.added", tag)
        }
        Kind::TagRemoved(tag) => {
            let tag = TagData::of(state, *tag, contact)?;
            Sample::automation("contact.tag.removed", tag)
        }
        Kind::OptIn { page, ip } => {
            let ip = ip.as_deref();
            let contact = Person { ip, ..contact };
            Sample::automation(
                "contact.optin.completed",
                PageData::of(state, *page, contact)?,
            )
        }
        Kind::PageVisited(page) => {
            Sample::automation("contact.page.visited", PageData::of(state, *page, contact)?)
        }
        Kind::Sale { order, line } => {
            let data = automation_sale::data(state, person, *order, *line)?;
            Sample::automation("customer.sale.completed", data)
        }
        Kind::Enrolled {
            course,
            access_type,
        } => {
            let data = EnrolledData {
                course: CourseData::of(state.courses.get(course)?),
                contact,
                access_type: access_type.as_str(),
            };
            Sample::automation("contact.course.enrolled", data)
        }
        Kind::BundleGranted {
            bundle,
            access_type,
        } => {
            let bundle = state.bundles.get(bundle)?;
            let data = BundleData {
                course_bundle: Named::new(bundle.id, &bundle.name),
                contact,
                access_type: access_type.as_str(),
                first_active_course: None,
            };
            Sample::automation("contact.course_bundle.enrolled", data)
        }
        Kind::WebinarRegistered {
            webinar,
            registered_at,
            scheduled_at,
        } => {
            let data = WebinarData {
                webinar: Webinar::find(state, *webinar)?,
                contact,
                registered_at: *registered_at,
                scheduled_at: *scheduled_at,
            };
            Sample::automation("contact.webinar.registered", data)
        }
        Kind::CampaignFinished(campaign) => {
            let campaign = state.campaigns.get(campaign)?;
            let campaign = Campaign {
                id: campaign.id,
                name: &campaign.name,
                description: campaign.description.as_deref(),
            };
            Sample::automation(
                "contact.campaign.finished",
                CampaignData { campaign, contact },
            )
        }
        Kind::LinkClicked(email) => {
            let email = state.emails.get(email)?;
            let (id, subject) = (email.id, &*email.subject);
            let sent_email = SentEmail { id, subject };
            Sample::automation(
                "contact.email_link.clicked",
                EmailData {
                    sent_email,
                    contact,
                },
            )
        }
        // The body was never published.
        Kind::PaymentFailed => Sample::of("subscription.payment.failed"),
    })
}

#[derive(Serialize)]
struct Person<'a> {
    id: u64,
    email: &'a str,
    fields: Fields<'a>,
    ip: Option<&'a str>,
    referred_by_contact_id: Option<u64>,
    referred_by_contact_email: Option<&'a str>,
}

impl<'a> Person<'a> {
    fn of(state: &'a State, contact: &'a Contact) -> Self {
        Self {
            id: contact.id,
            email: &contact.email,
            fields: Fields::of(state, contact),
            ip: None,
            referred_by_contact_id: None,
            referred_by_contact_email: None,
        }
    }
}

#[derive(Serialize)]
struct TagData<'a> {
    tag: Named<'a>,
    contact: Person<'a>,
}

impl<'a> TagData<'a> {
    fn of(state: &'a State, tag: u64, contact: Person<'a>) -> Option<Self> {
        let tag = state.tags.get(&tag)?;
        let tag = Named::new(tag.id, &tag.name);
        Some(Self { tag, contact })
    }
}

/// A page of a funnel or of a blog.
#[derive(Serialize)]
struct PageData<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    funnel_step: Option<FunnelStep<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    page_model: Option<PageModel<'a>>,
    contact: Person<'a>,
}

impl<'a> PageData<'a> {
    fn of(state: &'a State, page: u64, contact: Person<'a>) -> Option<Self> {
        let funnel_step = FunnelStep::find(state, page);
        let page_model = state.blog_page(page).map(PageModel::of);
        let exists = funnel_step.is_some() || page_model.is_some();
        exists.then_some(Self {
            funnel_step,
            page_model,
            contact,
        })
    }
}

#[derive(Serialize)]
struct PageModel<'a> {
    id: u64,
    name: &'a str,
    blog: Named<'a>,
}

impl<'a> PageModel<'a> {
    fn of((blog, page): (&'a Blog, &'a BlogPage)) -> Self {
        Self {
            id: page.id,
            name: &page.name,
            blog: Named::new(blog.id, &blog.name),
        }
    }
}

#[derive(Serialize)]
struct EnrolledData<'a> {
    course: CourseData<'a>,
    contact: Person<'a>,
    access_type: &'a str,
}

#[derive(Serialize)]
struct BundleData<'a> {
    course_bundle: Named<'a>,
    contact: Person<'a>,
    access_type: &'a str,
    first_active_course: Option<()>,
}

#[derive(Serialize)]
struct WebinarData<'a> {
    webinar: Webinar<'a>,
    contact: Person<'a>,
    registered_at: Timestamp,
    scheduled_at: Timestamp,
}

#[derive(Serialize)]
struct Webinar<'a> {
    id: u64,
    /// Seconds, in a string.
    duration: String,
    funnel_step: Option<FunnelStep<'a>>,
}

impl<'a> Webinar<'a> {
    fn find(state: &'a State, id: u64) -> Option<Self> {
        let webinar = state.webinars.get(&id)?;
        Some(Self {
            id,
            duration: webinar.duration.to_string(),
            funnel_step: FunnelStep::find(state, webinar.step),
        })
    }
}

#[derive(Serialize)]
struct CampaignData<'a> {
    campaign: Campaign<'a>,
    contact: Person<'a>,
}

#[derive(Serialize)]
struct Campaign<'a> {
    id: u64,
    name: &'a str,
    description: Option<&'a str>,
}

#[derive(Serialize)]
struct EmailData<'a> {
    sent_email: SentEmail<'a>,
    contact: Person<'a>,
}

#[derive(Serialize)]
struct SentEmail<'a> {
    id: u64,
    subject: &'a str,
}
