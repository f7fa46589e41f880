//! Payloads of account webhooks (Settings > Webhooks, or the public API).
//!
//! Each type is a whole body. The header `X-Webhook-Event` names the event; nothing in the
//! body does.
//!
#![doc = table!(account)]
//!
//! The documentation of each field says how it is known:
//! [captured, documented or never seen](crate#how-a-field-is-known). The sample bodies have captured
//! shapes and made-up values.

mod contact;
mod price_plan;
mod resource;
mod sale;

use serde::{Deserialize, Serialize};
use serde_json::Value;
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

#[cfg(feature = "schema")]
use crate::nested::OnceOrTwice;
use crate::{lenient, nested};

pub use self::contact::Contact;
pub use self::price_plan::{PricePlan, RecurringOptions};
pub use self::resource::{Course, PhysicalProduct, Resource};
pub use self::sale::{Coupon, Customer, Order, OrderItem};
pub use crate::common::{CourseBundle, Funnel, FunnelStep, Tag};

#[doc = summary!(ContactCreated)]
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::account::ContactCreated;
///
/// fn greeting(event: &ContactCreated) -> String {
///     let name = event.contact.fields.first_name().unwrap_or("there");
///     format!("Hello {name}!")
/// }
/// ```
#[doc = sample!(ContactCreated)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.ContactCreated"))]
#[non_exhaustive]
pub struct ContactCreated {
    /// Contact that was created. Captured.
    #[serde(with = "nested")]
    #[cfg_attr(feature = "schema", schemars(with = "OnceOrTwice<Contact>"))]
    pub contact: Contact,
}

#[doc = summary!(ContactTagAdded)]
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::account::ContactTagAdded;
///
/// fn log(event: &ContactTagAdded) -> String {
///     format!("{} + {}", event.contact.email, event.tag.name)
/// }
/// ```
#[doc = sample!(ContactTagAdded)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.ContactTagAdded"))]
#[non_exhaustive]
pub struct ContactTagAdded {
    /// Contact that got the tag. Captured.
    #[serde(with = "nested")]
    #[cfg_attr(feature = "schema", schemars(with = "OnceOrTwice<Contact>"))]
    pub contact: Contact,
    /// Tag that was added. Captured.
    pub tag: Tag,
}

#[doc = summary!(ContactTagRemoved)]
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::account::ContactTagRemoved;
///
/// fn log(event: &ContactTagRemoved) -> String {
///     format!("{} - {}", event.contact.email, event.tag.name)
/// }
/// ```
#[doc = sample!(ContactTagRemoved)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.ContactTagRemoved"))]
#[non_exhaustive]
pub struct ContactTagRemoved {
    /// Contact that lost the tag. Documented inside another `contact`; the form of the other
    /// events is read as well.
    #[serde(with = "nested")]
    #[cfg_attr(feature = "schema", schemars(with = "OnceOrTwice<Contact>"))]
    pub contact: Contact,
    /// Tag that was removed. Documented.
    pub tag: Tag,
}

#[doc = summary!(ContactOptIn)]
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::account::ContactOptIn;
///
/// fn origin(event: &ContactOptIn) -> &str {
///     event.contact.source_url.as_deref().unwrap_or("unknown")
/// }
/// ```
#[doc = sample!(ContactOptIn)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.ContactOptIn"))]
#[non_exhaustive]
pub struct ContactOptIn {
    /// Contact that filled in the form. Captured.
    #[serde(with = "nested")]
    #[cfg_attr(feature = "schema", schemars(with = "OnceOrTwice<Contact>"))]
    pub contact: Contact,
}

#[doc = summary!(SaleNew)]
///
/// To grant a sale once, look at [`OrderItem::id`]. To learn which course was sold, see
/// [`OrderItem::course_ids`].
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::account::SaleNew;
///
/// fn receipt(sale: &SaleNew) -> String {
///     let plan = &sale.price_plan;
///     format!("{}: {} {}", plan.name, plan.amount.decimal(&plan.currency), plan.currency)
/// }
/// ```
#[doc = sample!(SaleNew)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.SaleNew"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SaleNew {
    /// Person who bought. Captured.
    pub customer: Customer,
    /// Coupon that was used. Captured.
    #[serde(default, deserialize_with = "lenient::object")]
    pub coupon: Option<Coupon>,
    /// Page with the order form, if it belongs to a funnel. Captured.
    #[serde(default, deserialize_with = "lenient::object")]
    pub funnel_step: Option<FunnelStep>,
    /// Page with the order form, if it is a checkout page. Captured as null; its shape was
    /// never seen.
    #[serde(default, deserialize_with = "lenient::any_object")]
    pub checkout_page: Option<Value>,
    /// Order, which may have several lines. Captured.
    pub order: Order,
    /// Line of the order that this delivery is about. Captured.
    pub order_item: OrderItem,
    /// Offer that was bought, and its price. Captured.
    pub price_plan: PricePlan,
}

#[doc = summary!(SaleCanceled)]
///
/// Its type is not that of a sale, so the compiler tells them apart. systeme.io documents
/// that its body is that of a sale, and no body was captured. The parts that say what was
/// bought are optional here, so that a missing part does not lose the cancellation. The
/// fields of the parts were captured in sales.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::account::SaleCanceled;
/// use siohook::ids::CourseId;
///
/// /// The courses to close.
/// fn courses(cancellation: &SaleCanceled) -> Vec<CourseId> {
///     let item = cancellation.order_item.iter();
///     item.flat_map(|item| item.course_ids()).collect()
/// }
/// ```
#[doc = sample!(SaleCanceled)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.SaleCanceled"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SaleCanceled {
    /// Person who bought. Documented.
    pub customer: Customer,
    /// Coupon that was used. Documented.
    #[serde(default, deserialize_with = "lenient::object")]
    pub coupon: Option<Coupon>,
    /// Page with the order form, if it belongs to a funnel. Documented.
    #[serde(default, deserialize_with = "lenient::object")]
    pub funnel_step: Option<FunnelStep>,
    /// Page with the order form, if it is a checkout page. Its shape was never seen.
    #[serde(default, deserialize_with = "lenient::any_object")]
    pub checkout_page: Option<Value>,
    /// Order, which may have several lines. Documented.
    #[serde(default, deserialize_with = "lenient::object")]
    pub order: Option<Order>,
    /// Line of the order that is cancelled. Documented.
    #[serde(default, deserialize_with = "lenient::object")]
    pub order_item: Option<OrderItem>,
    /// Offer that was bought, and its price. Documented.
    #[serde(default, deserialize_with = "lenient::object")]
    pub price_plan: Option<PricePlan>,
}
