use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

use super::Resource;
use crate::ids::{ContactId, CourseId, CustomerId, OrderId, OrderItemId, PricePlanId};
use crate::{Fields, MinorUnits, Timestamp, lenient};

/// A person as a buyer.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::Customer;
///
/// let customer: Customer = serde_json::from_str(
///     r#"{"id": 616824, "contact_id": 20756080, "email": "lea.martin@example.com"}"#,
/// )?;
/// // The contact's own id, as other events have it:
/// assert_eq!(customer.contact_id, 20_756_080);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.Customer"))]
#[non_exhaustive]
pub struct Customer {
    /// Customer id. It is not the contact id. Documented.
    pub id: CustomerId,
    /// `paypal`, `stripe` or another. Documented.
    #[serde(default)]
    pub payment_processor: Option<String>,
    /// Contact id. Documented.
    pub contact_id: ContactId,
    /// E-mail address. Documented.
    pub email: String,
    /// Values that were typed into the order form. Documented.
    #[serde(default)]
    pub fields: Fields,
    /// IP address from which the order came. Documented.
    #[serde(default)]
    pub client_ip: Option<String>,
}

/// An offer and its price.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::OfferPricePlan;
///
/// let plan: OfferPricePlan = serde_json::from_str(
///     r#"{"id": 19, "name": "Blogging", "direct_charge_amount": 583, "currency": "eur"}"#,
/// )?;
/// let amount = plan.direct_charge_amount.unwrap();
/// assert_eq!(amount.decimal(&plan.currency).to_string(), "5.83");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.OfferPricePlan"))]
#[non_exhaustive]
pub struct OfferPricePlan {
    /// Price plan id. It changes when the owner edits the offer. Documented.
    pub id: PricePlanId,
    /// Name that customers see. Documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// Name that only the owner sees. Documented.
    #[serde(default)]
    pub inner_name: Option<String>,
    /// `one_shot`, `subscription` or another. Documented.
    #[serde(default)]
    pub r#type: Option<String>,
    /// List price of a single payment, in minor units of the currency. Documented; null or
    /// absent for other plans.
    #[serde(default)]
    pub direct_charge_amount: Option<MinorUnits>,
    /// Plan of a subscription. Documented as null; anything else was never seen.
    #[serde(default, deserialize_with = "lenient::any_object")]
    pub subscription_plan: Option<Value>,
    /// Currency as lower-case ISO 4217: `eur`. Documented.
    pub currency: String,
}

/// An order. Each of its lines (main product, order bump, upsell) is a delivery of its own,
/// and all have this order.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::Order;
///
/// let order: Order =
///     serde_json::from_str(r#"{"id": 612661, "created_at": "2021-09-10T14:23:17+00:00"}"#)?;
/// assert_eq!(order.id, 612_661);
/// assert_eq!(order.total_price, None);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.Order"))]
#[non_exhaustive]
pub struct Order {
    /// Order id. Instalments, order bumps and upsells repeat it. Documented.
    pub id: OrderId,
    /// Time of the order. Documented.
    #[serde(default, deserialize_with = "lenient::time")]
    pub created_at: Option<Timestamp>,
    /// Amount that is charged after the discount, in minor units of the price plan's
    /// currency. Captured. Don't add it up over the lines of an order: each may carry the
    /// total of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_price: Option<MinorUnits>,
    /// Discount in minor units or per cent, as the [type](Self::discount_type) says.
    /// Captured.
    #[serde(
        default,
        deserialize_with = "lenient::number",
        skip_serializing_if = "Option::is_none"
    )]
    pub discount_amount: Option<Number>,
    /// `fixed` or another. Captured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_type: Option<String>,
    /// Shipping fee in minor units of the price plan's currency. Captured as null.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_fee: Option<MinorUnits>,
    /// VAT as it came, because its unit is not published. Captured as `0.0`.
    #[serde(
        default,
        deserialize_with = "lenient::number",
        skip_serializing_if = "Option::is_none"
    )]
    pub vat: Option<Number>,
}

/// One line of an order: the main product, an order bump or an upsell.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::OrderItem;
///
/// let item: OrderItem = serde_json::from_str(r#"{"id": 763123, "resources": []}"#)?;
/// // The key of a table of sales that were granted:
/// assert_eq!(i64::try_from(item.id), Ok(763_123));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.OrderItem"))]
#[non_exhaustive]
pub struct OrderItem {
    /// Order item id: look at it to grant a sale once. Each line of an order is a delivery
    /// with an item id of its own, and all have the same order. Documented.
    pub id: OrderItemId,
    /// Time of the order. Documented.
    #[serde(default, deserialize_with = "lenient::time")]
    pub created_at: Option<Timestamp>,
    /// Courses, tags and other things that the customer gets. Documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub resources: Vec<Resource>,
}

impl OrderItem {
    /// Returns the courses that were sold.
    ///
    /// The documented sale has a course, so this is known. Not known is how a bundle of
    /// courses is written: its id is not among these.
    ///
    /// ```
    /// # use siohook_events as siohook;
    /// use siohook::automation::OrderItem;
    ///
    /// // The sample of `customer.sale.completed`, shortened.
    /// let item: OrderItem = serde_json::from_str(r#"{"id": 763123, "resources": [
    ///     {"type": "systemeio_tag", "data": {"id": 110, "name": "FR-Client-CCBQR-7"}},
    ///     {"type": "membership_course", "data": {"id": 111, "name": "Un blog qui rapporte"}}
    /// ]}"#)?;
    /// assert!(item.course_ids().eq([111]));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn course_ids(&self) -> impl Iterator<Item = CourseId> {
        self.resources.iter().filter_map(Resource::course_id)
    }
}
