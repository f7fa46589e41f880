//! What the action "Send webhook" of a rule or workflow sends.
//!
//! Each type is the `data` of the body; the envelope around it (`type`,
//! `account`, `created_at`) is read by the receiver.
//!
//! The documentation of each field says how it is known:
//! [captured, documented or never seen](crate#how-a-field-is-known).

use std::fmt;
use std::time::Duration;

use serde::ser::{SerializeStruct, Serializer};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Number, Value};
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

use crate::ids::{
    BlogId, CampaignId, ContactId, CourseBundleId, CourseId, CustomerId, OrderId, OrderItemId,
    PageModelId, PricePlanId, ResourceId, SentEmailId, TagId, WebinarId,
};
use crate::{Fields, MinorUnits, Timestamp, lenient};

pub use crate::common::{Funnel, FunnelStep, Tag};

#[doc = summary!(OptInCompleted)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.OptInCompleted"))]
#[non_exhaustive]
pub struct OptInCompleted {
    /// The page with the form, if it belongs to a funnel. Documented.
    #[serde(
        default,
        deserialize_with = "lenient::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub funnel_step: Option<FunnelStep>,
    /// The page with the form, if it belongs to a blog. Documented.
    #[serde(
        default,
        deserialize_with = "lenient::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub page_model: Option<PageModel>,
    /// The page with the form, if it belongs to a website. Captured, and its shape is
    /// not published.
    #[serde(
        default,
        deserialize_with = "lenient::any_object",
        skip_serializing_if = "Option::is_none"
    )]
    pub website_page: Option<Value>,
    /// Who filled it in. Documented.
    pub contact: Contact,
    /// Address of the page. Captured, and newer than what is documented, so often
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_url: Option<String>,
}

#[doc = summary!(SaleCompleted)]
///
/// To grant a sale once, look at [`OrderItem::id`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.SaleCompleted"))]
#[non_exhaustive]
pub struct SaleCompleted {
    /// Who bought. Documented.
    pub customer: Customer,
    /// The page with the order form, if it belongs to a funnel. Documented.
    #[serde(default, deserialize_with = "lenient::object")]
    pub funnel_step: Option<FunnelStep>,
    /// The page with the order form, if it is of the newer kind. Captured, and its
    /// shape is not published.
    #[serde(
        default,
        deserialize_with = "lenient::any_object",
        skip_serializing_if = "Option::is_none"
    )]
    pub checkout_page: Option<Value>,
    /// What was offered at which price. Documented.
    pub offer_price_plan: OfferPricePlan,
    /// The order, which may have several lines. Documented.
    pub order: Order,
    /// The line that this delivery is about. Documented.
    pub order_item: OrderItem,
    /// The coupon that was used. Documented as null; anything else was never seen.
    #[serde(default, deserialize_with = "lenient::any_object")]
    pub coupon: Option<Value>,
}

#[doc = summary!(TagAdded)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.TagAdded"))]
#[non_exhaustive]
pub struct TagAdded {
    /// The tag. Documented.
    pub tag: Tag,
    /// Who got it. Documented.
    pub contact: Contact,
}

#[doc = summary!(TagRemoved)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.TagRemoved"))]
#[non_exhaustive]
pub struct TagRemoved {
    /// The tag. Documented.
    pub tag: Tag,
    /// Who lost it. Documented.
    pub contact: Contact,
}

#[doc = summary!(WebinarRegistered)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.WebinarRegistered"))]
#[non_exhaustive]
pub struct WebinarRegistered {
    /// The webinar. Documented.
    pub webinar: Webinar,
    /// Who registered. Documented.
    pub contact: Contact,
    /// When the contact registered. Documented.
    #[serde(default, deserialize_with = "lenient::time")]
    pub registered_at: Option<Timestamp>,
    /// When the chosen session begins. Documented.
    #[serde(default, deserialize_with = "lenient::time")]
    pub scheduled_at: Option<Timestamp>,
}

#[doc = summary!(CourseEnrolled)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.CourseEnrolled"))]
#[non_exhaustive]
pub struct CourseEnrolled {
    /// The course. Documented.
    pub course: Course,
    /// Who got access. Documented.
    pub contact: Contact,
    /// How much of the course: `full_access`, or gradual (dripping). Documented.
    #[serde(default)]
    pub access_type: Option<String>,
}

#[doc = summary!(CourseBundleEnrolled)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(
    feature = "schema",
    schemars(rename = "automation.CourseBundleEnrolled")
)]
#[non_exhaustive]
pub struct CourseBundleEnrolled {
    /// The bundle. Documented.
    pub course_bundle: CourseBundle,
    /// Who got access. Documented.
    pub contact: Contact,
    /// How much of each course: `full_access`, or gradual (dripping). Documented.
    #[serde(default)]
    pub access_type: Option<String>,
    /// The course that is open first when access is gradual. Documented as null;
    /// anything else was never seen.
    #[serde(default, deserialize_with = "lenient::any_object")]
    pub first_active_course: Option<Value>,
}

#[doc = summary!(CampaignFinished)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.CampaignFinished"))]
#[non_exhaustive]
pub struct CampaignFinished {
    /// The campaign. Documented.
    pub campaign: Campaign,
    /// Who received its last e-mail. Documented.
    pub contact: Contact,
}

#[doc = summary!(PageVisited)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.PageVisited"))]
#[non_exhaustive]
pub struct PageVisited {
    /// The page, if it belongs to a funnel. Documented.
    #[serde(
        default,
        deserialize_with = "lenient::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub funnel_step: Option<FunnelStep>,
    /// The page, if it belongs to a blog. Captured.
    #[serde(
        default,
        deserialize_with = "lenient::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub page_model: Option<PageModel>,
    /// Who opened it. Documented.
    pub contact: Contact,
}

#[doc = summary!(EmailLinkClicked)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.EmailLinkClicked"))]
#[non_exhaustive]
pub struct EmailLinkClicked {
    /// The e-mail with the link. Which link it was is not sent. Documented.
    pub sent_email: SentEmail,
    /// Who clicked. Documented.
    pub contact: Contact,
}

#[doc = summary!(PaymentFailed)]
///
/// So this is `data` as it came; `Data<T>` reads it into a type of your own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.PaymentFailed"))]
#[serde(transparent)]
#[non_exhaustive]
pub struct PaymentFailed(pub Value);

/// A person in the list of contacts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.Contact"))]
#[non_exhaustive]
pub struct Contact {
    /// Who it is. Documented.
    pub id: ContactId,
    /// The e-mail address. Documented.
    pub email: String,
    /// Name, phone number, address and the owner's own fields. Documented.
    #[serde(default)]
    pub fields: Fields,
    /// The address from which the contact came; sent on opt-ins. Documented.
    #[serde(default)]
    pub ip: Option<String>,
    /// The affiliate who brought the contact. Documented as null.
    #[serde(default)]
    pub referred_by_contact_id: Option<ContactId>,
    /// The e-mail address of that affiliate. Documented as null.
    #[serde(default)]
    pub referred_by_contact_email: Option<String>,
}

/// A person as a buyer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.Customer"))]
#[non_exhaustive]
pub struct Customer {
    /// Who it is as a buyer. It isn't the id of the contact. Documented.
    pub id: CustomerId,
    /// `paypal`, `stripe` or another. Documented.
    #[serde(default)]
    pub payment_processor: Option<String>,
    /// Who it is as a contact. Documented.
    pub contact_id: ContactId,
    /// The e-mail address. Documented.
    pub email: String,
    /// What was typed into the order form. Documented.
    #[serde(default)]
    pub fields: Fields,
    /// The address from which the order came. Documented.
    #[serde(default)]
    pub client_ip: Option<String>,
}

/// A page of a blog.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.PageModel"))]
#[non_exhaustive]
pub struct PageModel {
    /// The page. Documented.
    pub id: PageModelId,
    /// The name that the owner gave it. Documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// The blog that the page belongs to. Documented.
    #[serde(default, deserialize_with = "lenient::object")]
    pub blog: Option<Blog>,
}

/// A blog.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.Blog"))]
#[non_exhaustive]
pub struct Blog {
    /// The blog. Documented.
    pub id: BlogId,
    /// The name that the owner gave it. Documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
}

/// A webinar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.Webinar"))]
#[non_exhaustive]
pub struct Webinar {
    /// The webinar. Documented.
    pub id: WebinarId,
    /// How long a session takes. Documented.
    #[serde(default)]
    pub duration: Option<WebinarDuration>,
    /// The page on which people register. Documented.
    #[serde(default, deserialize_with = "lenient::object")]
    pub funnel_step: Option<FunnelStep>,
}

/// A length of time in whole seconds, which the wire has as a string: `"7200"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.WebinarDuration"))]
pub struct WebinarDuration(u64);

impl WebinarDuration {
    /// The number of seconds.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0
    }
}

impl From<WebinarDuration> for Duration {
    fn from(duration: WebinarDuration) -> Self {
        Self::from_secs(duration.0)
    }
}

impl fmt::Display for WebinarDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for WebinarDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for WebinarDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::integer(deserializer).map(Self)
    }
}

/// A course.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.Course"))]
#[non_exhaustive]
pub struct Course {
    /// The course. Documented.
    pub id: CourseId,
    /// The name that the owner gave it. Documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// The description that the owner gave it. Documented as null.
    #[serde(default)]
    pub description: Option<String>,
}

/// A bundle of courses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.CourseBundle"))]
#[non_exhaustive]
pub struct CourseBundle {
    /// The bundle. Documented.
    pub id: CourseBundleId,
    /// The name that the owner gave it. Documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
}

/// An e-mail campaign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.Campaign"))]
#[non_exhaustive]
pub struct Campaign {
    /// The campaign. Documented.
    pub id: CampaignId,
    /// The name that the owner gave it. Documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// The description that the owner gave it. Documented.
    #[serde(default)]
    pub description: Option<String>,
}

/// An e-mail that was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.SentEmail"))]
#[non_exhaustive]
pub struct SentEmail {
    /// The e-mail. Documented.
    pub id: SentEmailId,
    /// Its subject. Documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub subject: String,
}

/// What was offered at which price.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.OfferPricePlan"))]
#[non_exhaustive]
pub struct OfferPricePlan {
    /// The price plan. The id changes when the owner edits the offer. Documented.
    pub id: PricePlanId,
    /// The name that customers see. Documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// The name that only the owner sees. Documented.
    #[serde(default)]
    pub inner_name: Option<String>,
    /// `one_shot`, `subscription` or another. Documented.
    #[serde(default)]
    pub r#type: Option<String>,
    /// The list price of a single payment, in minor units of the currency. Null
    /// or absent where there is none. Documented.
    #[serde(default)]
    pub direct_charge_amount: Option<MinorUnits>,
    /// The plan of a subscription. Documented as null; anything else was never seen.
    #[serde(default, deserialize_with = "lenient::any_object")]
    pub subscription_plan: Option<Value>,
    /// Lower-case ISO 4217: `eur`. Documented.
    pub currency: String,
}

/// An order. It leads to a delivery for each of its lines (main product, order bump),
/// all with this order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.Order"))]
#[non_exhaustive]
pub struct Order {
    /// The order. Instalments, order bumps and upsells repeat it. Documented.
    pub id: OrderId,
    /// When it was placed. Documented.
    #[serde(default, deserialize_with = "lenient::time")]
    pub created_at: Option<Timestamp>,
    /// What is charged after the discount, in minor units of the price plan's currency.
    /// Captured. Don't add it up over the lines of an order: each may carry the total of
    /// all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_price: Option<MinorUnits>,
    /// Minor units or per cent, as the [type](Self::discount_type) says. Captured.
    #[serde(
        default,
        deserialize_with = "lenient::number",
        skip_serializing_if = "Option::is_none"
    )]
    pub discount_amount: Option<Number>,
    /// `fixed` or another. Captured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_type: Option<String>,
    /// In minor units of the price plan's currency. Captured as null.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_fee: Option<MinorUnits>,
    /// Kept as it came, because its unit is not published. Captured as `0.0`.
    #[serde(
        default,
        deserialize_with = "lenient::number",
        skip_serializing_if = "Option::is_none"
    )]
    pub vat: Option<Number>,
}

/// One line of an order: the main product, an order bump or an upsell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.OrderItem"))]
#[non_exhaustive]
pub struct OrderItem {
    /// The line: what to look at to grant a sale once. Each line of an order is a
    /// delivery with an id of its own, and all have the same order. Documented.
    pub id: OrderItemId,
    /// When it was placed. Documented.
    #[serde(default, deserialize_with = "lenient::time")]
    pub created_at: Option<Timestamp>,
    /// What the customer gets. Documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub resources: Vec<Resource>,
}

/// Something that a customer gets with a sale.
///
/// The key that the type speaks of (`tag` of a `systemeio_tag`, `course` of a
/// `membership_course`) is absent on the wire and what it would hold is in
/// [`data`](Self::data); the other keys are null.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.Resource"))]
#[non_exhaustive]
pub struct Resource {
    /// `systemeio_tag`, `membership_course` or another. Documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub r#type: String,
    /// What it is. Documented.
    #[serde(default, deserialize_with = "lenient::object")]
    pub data: Option<ResourceData>,
    /// How many, of things that are counted. Documented as null.
    #[serde(default)]
    pub quantity: Option<Value>,
    /// How much of a course: `full_access`, or gradual (dripping). Documented.
    #[serde(default)]
    pub enrollment_access_type: Option<String>,
    /// The course that is open first when access is gradual. Documented as null;
    /// anything else was never seen.
    #[serde(default, deserialize_with = "lenient::any_object")]
    pub enrollment_dripping_access_course: Option<Value>,
    /// Documented as null or absent.
    #[serde(default, deserialize_with = "lenient::any_object")]
    #[cfg_attr(feature = "schema", schemars(skip_serializing_if = "Option::is_none"))]
    pub course: Option<Value>,
    /// Documented as null or absent.
    #[serde(default, deserialize_with = "lenient::any_object")]
    #[cfg_attr(feature = "schema", schemars(skip_serializing_if = "Option::is_none"))]
    pub course_bundle: Option<Value>,
    /// Documented as null or absent.
    #[serde(default, deserialize_with = "lenient::any_object")]
    #[cfg_attr(feature = "schema", schemars(skip_serializing_if = "Option::is_none"))]
    pub physical_product: Option<Value>,
    /// Documented as null or absent.
    #[serde(default, deserialize_with = "lenient::any_object")]
    #[cfg_attr(feature = "schema", schemars(skip_serializing_if = "Option::is_none"))]
    pub tag: Option<Value>,
}

/// What a [`Resource`] is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.ResourceData"))]
#[non_exhaustive]
pub struct ResourceData {
    /// The tag, the course or the other thing. Documented.
    pub id: ResourceId,
    /// The name that the owner gave it. Documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// The description that the owner gave it; courses have one. Documented as null.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Resource {
    /// The tag, if the resource is one.
    #[must_use]
    pub fn tag_id(&self) -> Option<TagId> {
        self.id_if("tag").map(TagId::from)
    }

    /// The course, if the resource is one.
    #[must_use]
    pub fn course_id(&self) -> Option<CourseId> {
        self.id_if("course").map(CourseId::from)
    }

    fn id_if(&self, key: &str) -> Option<u64> {
        let data = self.data.as_ref().filter(|_| self.is_a(key))?;
        Some(data.id.get())
    }

    fn is_a(&self, key: &str) -> bool {
        let prefix = self.r#type.strip_suffix(key);
        prefix.is_some_and(|prefix| prefix.is_empty() || prefix.ends_with('_'))
    }
}

impl Serialize for Resource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut resource = serializer.serialize_struct("Resource", 9)?;
        resource.serialize_field("quantity", &self.quantity)?;
        resource.serialize_field("enrollment_access_type", &self.enrollment_access_type)?;
        resource.serialize_field(
            "enrollment_dripping_access_course",
            &self.enrollment_dripping_access_course,
        )?;
        resource.serialize_field("type", &self.r#type)?;
        for (key, value) in [
            ("course", &self.course),
            ("course_bundle", &self.course_bundle),
            ("physical_product", &self.physical_product),
            ("tag", &self.tag),
        ] {
            if value.is_none() && self.is_a(key) {
                resource.skip_field(key)?;
            } else {
                resource.serialize_field(key, value)?;
            }
        }
        match &self.data {
            Some(data) if !self.is_a("tag") => {
                resource.serialize_field("data", &Described(data))?;
            }
            data => resource.serialize_field("data", data)?,
        }
        resource.end()
    }
}

/// A tag has no description on the wire, a course without one has null.
struct Described<'a>(&'a ResourceData);

impl Serialize for Described<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut data = serializer.serialize_struct("ResourceData", 3)?;
        data.serialize_field("id", &self.0.id)?;
        data.serialize_field("name", &self.0.name)?;
        data.serialize_field("description", &self.0.description)?;
        data.end()
    }
}
