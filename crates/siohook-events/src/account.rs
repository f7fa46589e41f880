//! What an account webhook (Settings > Webhooks, or the public API) sends.
//!
//! Each type is the whole body; which one it is, the header `X-Webhook-Event`
//! says. Shapes are known from captures and integrations.

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
    /// Who was created.
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
    /// Who got the tag.
    #[serde(with = "nested")]
    #[cfg_attr(feature = "schema", schemars(with = "OnceOrTwice<Contact>"))]
    pub contact: Contact,
    /// The tag.
    pub tag: Tag,
}

#[doc = summary!(ContactTagRemoved)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.ContactTagRemoved"))]
#[non_exhaustive]
pub struct ContactTagRemoved {
    /// Who lost the tag.
    #[serde(with = "nested")]
    #[cfg_attr(feature = "schema", schemars(with = "OnceOrTwice<Contact>"))]
    pub contact: Contact,
    /// The tag.
    pub tag: Tag,
}

#[doc = summary!(ContactOptIn)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.ContactOptIn"))]
#[non_exhaustive]
pub struct ContactOptIn {
    /// Who filled in the form.
    #[serde(with = "nested")]
    #[cfg_attr(feature = "schema", schemars(with = "OnceOrTwice<Contact>"))]
    pub contact: Contact,
}

macro_rules! sales {
    ($($name:ident $schema:literal;)*) => {$(
        #[doc = summary!($name)]
        ///
        /// A sale and its cancellation have the same shape and different types,
        /// so that one is never taken for the other.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
        #[cfg_attr(feature = "schema", schemars(rename = $schema))]
        #[serde(rename_all = "camelCase")]
        #[non_exhaustive]
        pub struct $name {
            /// Who bought.
            pub customer: Customer,
            /// The coupon that was used.
            #[serde(default)]
            pub coupon: Option<Coupon>,
            /// The page with the order form, if it belongs to a funnel.
            #[serde(default)]
            pub funnel_step: Option<FunnelStep>,
            /// The page with the order form, if it is of the newer kind. Its shape is
            /// not known.
            #[serde(default)]
            pub checkout_page: Option<Value>,
            /// The order, which may have several lines.
            pub order: Order,
            /// The line that this delivery is about.
            pub order_item: OrderItem,
            /// What was offered at which price.
            pub price_plan: PricePlan,
        }
    )*};
}
sales! {
    SaleNew "account.SaleNew";
    SaleCanceled "account.SaleCanceled";
}

/// A person in the list of contacts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.Contact"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Contact {
    /// Who it is.
    pub id: ContactId,
    /// The e-mail address.
    pub email: String,
    /// When the contact was created.
    #[serde(default, deserialize_with = "lenient::time")]
    pub registered_at: Option<Timestamp>,
    /// The language of the contact: `fr`.
    #[serde(default)]
    pub locale: Option<String>,
    /// The page through which the contact came.
    #[serde(default, rename = "sourceURL")]
    pub source_url: Option<String>,
    /// Wants no more e-mail.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub unsubscribed: bool,
    /// E-mail came back.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub bounced: bool,
    /// Has not confirmed the address yet (double opt-in).
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub needs_confirmation: bool,
    /// Name, phone number, address and the owner's own fields.
    #[serde(default)]
    pub fields: Fields,
    /// All tags of the contact.
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
    /// Who it is as a buyer. It isn't the id of the contact.
    pub id: CustomerId,
    /// The address from which the order came.
    #[serde(default)]
    pub client_ip: Option<String>,
    /// Who it is as a contact.
    pub contact_id: ContactId,
    /// The e-mail address.
    pub email: String,
    /// What was typed into the order form.
    #[serde(default)]
    pub fields: Fields,
    /// `paypal`, `stripe` or another.
    #[serde(default)]
    pub payment_processor: Option<String>,
    /// The page through which the customer came.
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
    /// The name that only the owner sees.
    #[serde(default)]
    pub inner_name: Option<String>,
    /// What the customer typed.
    #[serde(default)]
    pub code: Option<String>,
    /// Minor units or per cent, as the [type](Self::discount_type) says.
    #[serde(default, deserialize_with = "lenient::number")]
    pub discount_amount: Option<Number>,
    /// `fixed` or another.
    #[serde(default)]
    pub discount_type: Option<String>,
    /// Until when it can be used.
    #[serde(default, deserialize_with = "lenient::time")]
    pub expiration_date: Option<Timestamp>,
    /// How many times it can be used.
    #[serde(default, deserialize_with = "lenient::number")]
    pub limit_of_use: Option<Number>,
}

/// An order, which may have several lines and lead to several deliveries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.Order"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Order {
    /// The order. Instalments, order bumps, upsells and the cancellation repeat it.
    pub id: OrderId,
    /// When it was placed.
    #[serde(default, deserialize_with = "lenient::time")]
    pub created_at: Option<Timestamp>,
    /// Minor units or per cent, as the [type](Self::discount_type) says.
    #[serde(default, deserialize_with = "lenient::number")]
    pub discount_amount: Option<Number>,
    /// `fixed` or another.
    #[serde(default)]
    pub discount_type: Option<String>,
    /// In minor units of the price plan's currency.
    #[serde(default)]
    pub shipping_fee: Option<MinorUnits>,
    /// In minor units of the price plan's currency. Null for some orders: the
    /// list price is in the [price plan](PricePlan::amount).
    #[serde(default)]
    pub total_price: Option<MinorUnits>,
    /// `0.0`, `0` or null were seen; kept as it came, because its unit is not
    /// published.
    #[serde(default, deserialize_with = "lenient::number")]
    pub vat: Option<Number>,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.OrderItem"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OrderItem {
    /// The line: what to look at to grant a sale once.
    pub id: OrderItemId,
    /// When it was placed.
    #[serde(default, deserialize_with = "lenient::time")]
    pub created_at: Option<Timestamp>,
    /// What the customer gets.
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
    /// A course. Its shape is not known.
    #[serde(default)]
    pub course: Option<Value>,
    /// A bundle of courses. Its shape is not known.
    #[serde(default)]
    pub course_bundle: Option<Value>,
    /// How much of a course: `full_access`, or gradual (dripping).
    #[serde(default)]
    pub enrollment_access_type: Option<String>,
    /// The course that is open first when access is gradual. Its shape is not known.
    #[serde(default)]
    pub enrollment_dripping_access_course: Option<Value>,
    /// A thing that is sent.
    #[serde(default)]
    pub physical_product: Option<PhysicalProduct>,
    /// A tag that is put on the contact.
    #[serde(default)]
    pub tag: Option<Tag>,
}

/// A thing that is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.PhysicalProduct"))]
#[non_exhaustive]
pub struct PhysicalProduct {
    /// The product.
    pub id: PhysicalProductId,
    /// The name that the owner gave it.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// Chosen options. Their shape is not known.
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
    /// The price plan. The id changes when the owner edits the offer.
    pub id: PricePlanId,
    /// The name that customers see.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// `one_shot`, `subscription` or another.
    #[serde(default)]
    pub r#type: Option<String>,
    /// The list price of one payment, in minor units of the currency.
    pub amount: MinorUnits,
    /// Lower-case ISO 4217: `eur`.
    pub currency: String,
    /// The name that only the owner sees.
    #[serde(default)]
    pub inner_name: Option<String>,
    /// The rhythm of a subscription.
    #[serde(default)]
    pub recurring_options: Option<RecurringOptions>,
    /// What the customer's bank statement says.
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
    /// The unit of time between payments: `month`.
    #[serde(default)]
    pub interval: Option<String>,
    /// How many of them.
    #[serde(default, deserialize_with = "lenient::number")]
    pub interval_count: Option<Number>,
    /// How long the trial takes, 0 for none.
    #[serde(default, deserialize_with = "lenient::number")]
    pub trial_period: Option<Number>,
    /// The unit of time of the trial: `day`.
    #[serde(default)]
    pub trial_interval: Option<String>,
    /// After how many payments it ends.
    #[serde(default, deserialize_with = "lenient::number")]
    pub limit_of_payments: Option<Number>,
}
