//! What an account webhook (Settings > Webhooks, or the public API) sends.
//!
//! Each type is the whole body; which one it is, the header `X-Webhook-Event`
//! says.
//!
//! The documentation of each field says how it is known:
//! [captured, documented or never seen](crate#how-a-field-is-known).

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

use crate::ids::{ContactId, CustomerId, OrderId, OrderItemId, PhysicalProductId, PricePlanId};
#[cfg(feature = "schema")]
use crate::nested::OnceOrTwice;
use crate::nested::{self, Form, Nested};
use crate::{Fields, MinorUnits, Timestamp, lenient};

pub use crate::common::{Funnel, FunnelStep, Tag};

#[doc = summary!(ContactCreated)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.ContactCreated"))]
#[non_exhaustive]
pub struct ContactCreated {
    /// Who was created. Captured.
    #[serde(with = "nested")]
    #[cfg_attr(feature = "schema", schemars(with = "OnceOrTwice<Contact>"))]
    pub contact: Contact,
}

#[doc = summary!(ContactTagAdded)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.ContactTagAdded"))]
#[non_exhaustive]
pub struct ContactTagAdded {
    /// Who got the tag. Captured.
    #[serde(with = "nested")]
    #[cfg_attr(feature = "schema", schemars(with = "OnceOrTwice<Contact>"))]
    pub contact: Contact,
    /// The tag. Captured.
    pub tag: Tag,
}

#[doc = summary!(ContactTagRemoved)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.ContactTagRemoved"))]
#[non_exhaustive]
pub struct ContactTagRemoved {
    /// Who lost the tag. Documented, inside another `contact`; the usual form is read
    /// as well.
    #[serde(with = "nested")]
    #[cfg_attr(feature = "schema", schemars(with = "OnceOrTwice<Contact>"))]
    pub contact: Contact,
    /// The tag. Documented.
    pub tag: Tag,
}

#[doc = summary!(ContactOptIn)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.ContactOptIn"))]
#[non_exhaustive]
pub struct ContactOptIn {
    /// Who filled in the form. Captured.
    #[serde(with = "nested")]
    #[cfg_attr(feature = "schema", schemars(with = "OnceOrTwice<Contact>"))]
    pub contact: Contact,
}

#[doc = summary!(SaleNew)]
///
/// To grant a sale once, look at [`OrderItem::id`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.SaleNew"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SaleNew {
    /// Who bought. Captured.
    pub customer: Customer,
    /// The coupon that was used. Captured.
    #[serde(default, deserialize_with = "lenient::object")]
    pub coupon: Option<Coupon>,
    /// The page with the order form, if it belongs to a funnel. Captured.
    #[serde(default, deserialize_with = "lenient::object")]
    pub funnel_step: Option<FunnelStep>,
    /// The page with the order form, if it is of the newer kind. Captured as null; its
    /// shape was never seen.
    #[serde(default, deserialize_with = "lenient::any_object")]
    pub checkout_page: Option<Value>,
    /// The order, which may have several lines. Captured.
    pub order: Order,
    /// The line that this delivery is about. Captured.
    pub order_item: OrderItem,
    /// What was offered at which price. Captured.
    pub price_plan: PricePlan,
}

#[doc = summary!(SaleCanceled)]
///
/// Its type is not that of a sale, so that one is never taken for the other. Its body is
/// documented to be that of a sale and was never captured; what was bought is optional
/// here, so that no cancellation is lost for want of a part. The fields of the parts were
/// captured in sales.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.SaleCanceled"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SaleCanceled {
    /// Who bought. Documented.
    pub customer: Customer,
    /// The coupon that was used. Documented.
    #[serde(default, deserialize_with = "lenient::object")]
    pub coupon: Option<Coupon>,
    /// The page with the order form, if it belongs to a funnel. Documented.
    #[serde(default, deserialize_with = "lenient::object")]
    pub funnel_step: Option<FunnelStep>,
    /// The page with the order form, if it is of the newer kind. Its shape was never
    /// seen.
    #[serde(default, deserialize_with = "lenient::any_object")]
    pub checkout_page: Option<Value>,
    /// The order, which may have several lines. Documented.
    #[serde(default, deserialize_with = "lenient::object")]
    pub order: Option<Order>,
    /// The line that is cancelled. Documented.
    #[serde(default, deserialize_with = "lenient::object")]
    pub order_item: Option<OrderItem>,
    /// What was offered at which price. Documented.
    #[serde(default, deserialize_with = "lenient::object")]
    pub price_plan: Option<PricePlan>,
}

/// A person in the list of contacts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.Contact"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Contact {
    /// Who it is. Captured.
    pub id: ContactId,
    /// The e-mail address. Captured.
    pub email: String,
    /// When the contact was created. Captured.
    #[serde(default, deserialize_with = "lenient::time")]
    pub registered_at: Option<Timestamp>,
    /// The language of the contact: `fr`. Captured.
    #[serde(default)]
    pub locale: Option<String>,
    /// The page through which the contact came. Captured.
    #[serde(default, rename = "sourceURL")]
    pub source_url: Option<String>,
    /// Wants no more e-mail. Captured.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub unsubscribed: bool,
    /// E-mail came back. Captured.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub bounced: bool,
    /// Has not confirmed the address yet (double opt-in). Captured.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub needs_confirmation: bool,
    /// Name, phone number, address and the owner's own fields. Captured.
    #[serde(default)]
    pub fields: Fields,
    /// All tags of the contact. Captured.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub tags: Vec<Tag>,
    #[serde(skip)]
    form: Form,
}

impl Nested for Contact {
    const KEYS: &'static [&'static str] = &[
        "contact",
        "id",
        "email",
        "registeredAt",
        "locale",
        "sourceURL",
        "unsubscribed",
        "bounced",
        "needsConfirmation",
        "fields",
        "tags",
    ];

    fn form(&self) -> Form {
        self.form
    }

    fn set_form(&mut self, form: Form) {
        self.form = form;
    }
}

/// A person as a buyer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.Customer"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Customer {
    /// Who it is as a buyer. It isn't the id of the contact. Captured.
    pub id: CustomerId,
    /// The address from which the order came. Captured.
    #[serde(default)]
    pub client_ip: Option<String>,
    /// Who it is as a contact. Captured.
    pub contact_id: ContactId,
    /// The e-mail address. Captured.
    pub email: String,
    /// What was typed into the order form. Captured.
    #[serde(default)]
    pub fields: Fields,
    /// `paypal`, `stripe` or another. Captured.
    #[serde(default)]
    pub payment_processor: Option<String>,
    /// The page through which the customer came. Captured.
    #[serde(default)]
    pub source_url: Option<String>,
}

/// A coupon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.Coupon"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Coupon {
    /// The name that only the owner sees. Captured.
    #[serde(default)]
    pub inner_name: Option<String>,
    /// What the customer typed. Captured.
    #[serde(default)]
    pub code: Option<String>,
    /// Minor units or per cent, as the [type](Self::discount_type) says. Captured.
    #[serde(default, deserialize_with = "lenient::number")]
    pub discount_amount: Option<Number>,
    /// `fixed` or another. Captured.
    #[serde(default)]
    pub discount_type: Option<String>,
    /// Until when it can be used. Captured.
    #[serde(default, deserialize_with = "lenient::time")]
    pub expiration_date: Option<Timestamp>,
    /// How many times it can be used. Captured.
    #[serde(default, deserialize_with = "lenient::number")]
    pub limit_of_use: Option<Number>,
}

/// An order. It leads to a delivery for each of its lines (main product, order bump),
/// all with this order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.Order"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Order {
    /// The order. Instalments, order bumps, upsells and the cancellation repeat it.
    /// Captured.
    pub id: OrderId,
    /// When it was placed. Captured.
    #[serde(default, deserialize_with = "lenient::time")]
    pub created_at: Option<Timestamp>,
    /// Minor units or per cent, as the [type](Self::discount_type) says. Captured.
    #[serde(default, deserialize_with = "lenient::number")]
    pub discount_amount: Option<Number>,
    /// `fixed` or another. Captured.
    #[serde(default)]
    pub discount_type: Option<String>,
    /// In minor units of the price plan's currency. Captured.
    #[serde(default)]
    pub shipping_fee: Option<MinorUnits>,
    /// What is charged after the discount, in minor units of the price plan's currency.
    /// Captured. Don't add it up over the lines of an order: each may carry the total of
    /// all. Null for some orders: the list price is in the
    /// [price plan](PricePlan::amount).
    #[serde(default)]
    pub total_price: Option<MinorUnits>,
    /// Kept as it came, because its unit is not published. Captured as `0.0`, `0` and
    /// null.
    #[serde(default, deserialize_with = "lenient::number")]
    pub vat: Option<Number>,
}

/// One line of an order: the main product, an order bump or an upsell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.OrderItem"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OrderItem {
    /// The line: what to look at to grant a sale once. Each line of an order is a
    /// delivery with an id of its own, and all have the same order. Captured.
    pub id: OrderItemId,
    /// When it was placed. Captured.
    #[serde(default, deserialize_with = "lenient::time")]
    pub created_at: Option<Timestamp>,
    /// What the customer gets. Captured.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub resources: Vec<Resource>,
}

/// Something that a customer gets with a sale: a course, a bundle of courses, a
/// physical product or a tag. The keys of the others are null.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.Resource"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Resource {
    /// A course. Captured as null; its shape was never seen.
    #[serde(default, deserialize_with = "lenient::any_object")]
    pub course: Option<Value>,
    /// A bundle of courses. Captured as null; its shape was never seen.
    #[serde(default, deserialize_with = "lenient::any_object")]
    pub course_bundle: Option<Value>,
    /// How much of a course: `full_access`, or gradual (dripping). Captured.
    #[serde(default)]
    pub enrollment_access_type: Option<String>,
    /// The course that is open first when access is gradual. Captured as null; its
    /// shape was never seen.
    #[serde(default, deserialize_with = "lenient::any_object")]
    pub enrollment_dripping_access_course: Option<Value>,
    /// A thing that is sent. Captured.
    #[serde(default, deserialize_with = "lenient::object")]
    pub physical_product: Option<PhysicalProduct>,
    /// A tag that is put on the contact. Captured.
    #[serde(default, deserialize_with = "lenient::object")]
    pub tag: Option<Tag>,
}

/// A thing that is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.PhysicalProduct"))]
#[non_exhaustive]
pub struct PhysicalProduct {
    /// The product. Captured.
    pub id: PhysicalProductId,
    /// The name that the owner gave it. Captured.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// Chosen options. Captured as `[]`; their shape was never seen.
    #[serde(default)]
    pub options: Option<Value>,
}

/// What was offered at which price.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.PricePlan"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PricePlan {
    /// The price plan. The id changes when the owner edits the offer. Captured.
    pub id: PricePlanId,
    /// The name that customers see. Captured.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// `one_shot`, `subscription` or another. Captured.
    #[serde(default)]
    pub r#type: Option<String>,
    /// The list price of one payment, in minor units of the currency. Captured.
    pub amount: MinorUnits,
    /// Lower-case ISO 4217: `eur`. Captured.
    pub currency: String,
    /// The name that only the owner sees. Captured.
    #[serde(default)]
    pub inner_name: Option<String>,
    /// The rhythm of a subscription. Captured.
    #[serde(default, deserialize_with = "lenient::object")]
    pub recurring_options: Option<RecurringOptions>,
    /// What the customer's bank statement says. Captured.
    #[serde(default)]
    pub statement_descriptor: Option<String>,
}

/// The rhythm of a subscription.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.RecurringOptions"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RecurringOptions {
    /// The unit of time between payments: `month`. Captured.
    #[serde(default, deserialize_with = "lenient::text")]
    pub interval: Option<String>,
    /// How many of them. Captured.
    #[serde(default, deserialize_with = "lenient::number")]
    pub interval_count: Option<Number>,
    /// How long the trial takes, 0 for none. Captured.
    #[serde(default, deserialize_with = "lenient::number")]
    pub trial_period: Option<Number>,
    /// The unit of time of the trial: `day`. Captured.
    #[serde(default, deserialize_with = "lenient::text")]
    pub trial_interval: Option<String>,
    /// After how many payments it ends. Captured.
    #[serde(default, deserialize_with = "lenient::number")]
    pub limit_of_payments: Option<Number>,
}
