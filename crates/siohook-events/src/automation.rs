//! Payloads of the action "Send webhook" of a rule or workflow.
//!
//! Each type is the `data` of a body. The receiver reads the envelope around it: `type`,
//! `account` and `created_at`.
//!
#![doc = table!(automation)]
//!
//! The documentation of each field says how it is known:
//! [captured, documented or never seen](crate#how-a-field-is-known). The sample bodies are
//! those that systeme.io documents, with other addresses.

mod contact;
mod course;
mod email;
mod page;
mod resource;
mod sale;
mod webinar;

use serde::{Deserialize, Serialize};
use serde_json::Value;
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

use crate::{Timestamp, lenient};

pub use self::contact::Contact;
pub use self::course::Course;
pub use self::email::{Campaign, SentEmail};
pub use self::page::{Blog, PageModel};
pub use self::resource::{Resource, ResourceData, ResourceType};
pub use self::sale::{Customer, OfferPricePlan, Order, OrderItem};
pub use self::webinar::{Webinar, WebinarDuration};
pub use crate::common::{CourseBundle, Funnel, FunnelStep, Tag};

#[doc = summary!(OptInCompleted)]
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::OptInCompleted;
///
/// fn origin(event: &OptInCompleted) -> &str {
///     match (&event.funnel_step, &event.page_model) {
///         (Some(page), _) => &page.name,
///         (None, Some(page)) => &page.name,
///         (None, None) => event.source_url.as_deref().unwrap_or("unknown"),
///     }
/// }
/// ```
#[doc = sample!(OptInCompleted)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.OptInCompleted"))]
#[non_exhaustive]
pub struct OptInCompleted {
    /// Page with the form, if it belongs to a funnel. Documented.
    #[serde(
        default,
        deserialize_with = "lenient::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub funnel_step: Option<FunnelStep>,
    /// Page with the form, if it belongs to a blog. Documented.
    #[serde(
        default,
        deserialize_with = "lenient::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub page_model: Option<PageModel>,
    /// Page with the form, if it belongs to a website. Captured; its shape is not
    /// published.
    #[serde(
        default,
        deserialize_with = "lenient::any_object",
        skip_serializing_if = "Option::is_none"
    )]
    pub website_page: Option<Value>,
    /// Contact that filled in the form. Documented.
    pub contact: Contact,
    /// Address of the page. Captured; the documented bodies lack it, and so do many
    /// deliveries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_url: Option<String>,
}

#[doc = summary!(SaleCompleted)]
///
/// To grant a sale once, look at [`OrderItem::id`]. To learn which course was sold, see
/// [`OrderItem::course_ids`].
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::SaleCompleted;
///
/// fn receipt(sale: &SaleCompleted) -> Option<String> {
///     let plan = &sale.offer_price_plan;
///     let amount = plan.direct_charge_amount?.decimal(&plan.currency);
///     Some(format!("{}: {amount} {}", plan.name, plan.currency))
/// }
/// ```
#[doc = sample!(SaleCompleted)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.SaleCompleted"))]
#[non_exhaustive]
pub struct SaleCompleted {
    /// Person who bought. Documented.
    pub customer: Customer,
    /// Page with the order form, if it belongs to a funnel. Documented.
    #[serde(default, deserialize_with = "lenient::object")]
    pub funnel_step: Option<FunnelStep>,
    /// Page with the order form, if it is a checkout page. Captured; its shape is not
    /// published.
    #[serde(
        default,
        deserialize_with = "lenient::any_object",
        skip_serializing_if = "Option::is_none"
    )]
    pub checkout_page: Option<Value>,
    /// Offer that was bought, and its price. Documented.
    pub offer_price_plan: OfferPricePlan,
    /// Order, which may have several lines. Documented.
    pub order: Order,
    /// Line of the order that this delivery is about. Documented.
    pub order_item: OrderItem,
    /// Coupon that was used. Documented as null; anything else was never seen.
    #[serde(default, deserialize_with = "lenient::any_object")]
    pub coupon: Option<Value>,
}

#[doc = summary!(TagAdded)]
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::TagAdded;
///
/// fn log(event: &TagAdded) -> String {
///     format!("{} + {}", event.contact.email, event.tag.name)
/// }
/// ```
#[doc = sample!(TagAdded)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.TagAdded"))]
#[non_exhaustive]
pub struct TagAdded {
    /// Tag that was added. Documented.
    pub tag: Tag,
    /// Contact that got the tag. Documented.
    pub contact: Contact,
}

#[doc = summary!(TagRemoved)]
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::TagRemoved;
///
/// fn log(event: &TagRemoved) -> String {
///     format!("{} - {}", event.contact.email, event.tag.name)
/// }
/// ```
#[doc = sample!(TagRemoved)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.TagRemoved"))]
#[non_exhaustive]
pub struct TagRemoved {
    /// Tag that was removed. Documented.
    pub tag: Tag,
    /// Contact that lost the tag. Documented.
    pub contact: Contact,
}

#[doc = summary!(WebinarRegistered)]
///
/// ```
/// # use siohook_events as siohook;
/// use std::time::Duration;
///
/// use siohook::Timestamp;
/// use siohook::automation::WebinarRegistered;
///
/// /// When the chosen session ends.
/// fn end(event: &WebinarRegistered) -> Option<Timestamp> {
///     let duration = Duration::from(event.webinar.duration?);
///     event.scheduled_at?.checked_add(duration)
/// }
/// ```
#[doc = sample!(WebinarRegistered)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.WebinarRegistered"))]
#[non_exhaustive]
pub struct WebinarRegistered {
    /// Webinar that was chosen. Documented.
    pub webinar: Webinar,
    /// Contact that registered. Documented.
    pub contact: Contact,
    /// Time of the registration. Documented.
    #[serde(default, deserialize_with = "lenient::time")]
    pub registered_at: Option<Timestamp>,
    /// Time when the chosen session begins. Documented.
    #[serde(default, deserialize_with = "lenient::time")]
    pub scheduled_at: Option<Timestamp>,
}

#[doc = summary!(CourseEnrolled)]
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::CourseEnrolled;
///
/// fn has_full_access(event: &CourseEnrolled) -> bool {
///     event.access_type.as_deref() == Some("full_access")
/// }
/// ```
#[doc = sample!(CourseEnrolled)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.CourseEnrolled"))]
#[non_exhaustive]
pub struct CourseEnrolled {
    /// Course that was opened. Documented.
    pub course: Course,
    /// Contact that got access. Documented.
    pub contact: Contact,
    /// How much of the course is open. Documented as `full_access`; the public API also
    /// knows `partial_access`, `dripping_content` and `partial_dripping_access`.
    #[serde(default)]
    pub access_type: Option<String>,
}

#[doc = summary!(CourseBundleEnrolled)]
///
/// The courses of the bundle are not listed.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::CourseBundleEnrolled;
///
/// fn log(event: &CourseBundleEnrolled) -> String {
///     format!("{} got {}", event.contact.email, event.course_bundle.name)
/// }
/// ```
#[doc = sample!(CourseBundleEnrolled)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(
    feature = "schema",
    schemars(rename = "automation.CourseBundleEnrolled")
)]
#[non_exhaustive]
pub struct CourseBundleEnrolled {
    /// Bundle that was opened. Documented.
    pub course_bundle: CourseBundle,
    /// Contact that got access. Documented.
    pub contact: Contact,
    /// How much of each course is open, in the words of
    /// [`CourseEnrolled::access_type`]. Documented.
    #[serde(default)]
    pub access_type: Option<String>,
    /// Course that opens first when access is gradual. Documented as null; anything else
    /// was never seen.
    #[serde(default, deserialize_with = "lenient::any_object")]
    pub first_active_course: Option<Value>,
}

#[doc = summary!(CampaignFinished)]
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::CampaignFinished;
///
/// fn log(event: &CampaignFinished) -> String {
///     format!("{} has read all of {}", event.contact.email, event.campaign.name)
/// }
/// ```
#[doc = sample!(CampaignFinished)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.CampaignFinished"))]
#[non_exhaustive]
pub struct CampaignFinished {
    /// Campaign that ended for the contact. Documented.
    pub campaign: Campaign,
    /// Contact that received its last e-mail. Documented.
    pub contact: Contact,
}

#[doc = summary!(PageVisited)]
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::PageVisited;
///
/// fn page(event: &PageVisited) -> Option<&str> {
///     let of_funnel = event.funnel_step.as_ref().map(|page| &page.name);
///     let of_blog = event.page_model.as_ref().map(|page| &page.name);
///     of_funnel.or(of_blog).map(String::as_str)
/// }
/// ```
#[doc = sample!(PageVisited)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.PageVisited"))]
#[non_exhaustive]
pub struct PageVisited {
    /// Page, if it belongs to a funnel. Documented.
    #[serde(
        default,
        deserialize_with = "lenient::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub funnel_step: Option<FunnelStep>,
    /// Page, if it belongs to a blog. Captured.
    #[serde(
        default,
        deserialize_with = "lenient::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub page_model: Option<PageModel>,
    /// Contact that opened the page. Documented.
    pub contact: Contact,
}

#[doc = summary!(EmailLinkClicked)]
///
/// The link itself is not sent.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::EmailLinkClicked;
///
/// fn log(event: &EmailLinkClicked) -> String {
///     format!("{} clicked in: {}", event.contact.email, event.sent_email.subject)
/// }
/// ```
#[doc = sample!(EmailLinkClicked)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.EmailLinkClicked"))]
#[non_exhaustive]
pub struct EmailLinkClicked {
    /// E-mail with the link. Documented.
    pub sent_email: SentEmail,
    /// Contact that clicked. Documented.
    pub contact: Contact,
}

#[doc = summary!(PaymentFailed)]
///
/// This is `data` as it came. siohook's `Data<T>` reads it into a type of your own. The
/// sample is made up.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::PaymentFailed;
///
/// fn email(event: &PaymentFailed) -> Option<&str> {
///     // A guess: the other bodies have one of the two.
///     let places = ["/customer/email", "/contact/email"];
///     places.iter().find_map(|place| event.0.pointer(place)?.as_str())
/// }
/// ```
#[doc = sample!(PaymentFailed)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.PaymentFailed"))]
#[serde(transparent)]
#[non_exhaustive]
pub struct PaymentFailed(pub Value);
