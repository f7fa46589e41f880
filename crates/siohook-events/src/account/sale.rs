use serde::{Deserialize, Serialize};
use serde_json::Number;
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

use super::Resource;
use crate::ids::{ContactId, CourseId, CustomerId, OrderId, OrderItemId};
use crate::{Fields, MinorUnits, Timestamp, lenient};

/// A person as a buyer.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::account::Customer;
///
/// let customer: Customer = serde_json::from_str(
///     r#"{"id": 12799412, "contactId": 445120981, "email": "lea.martin@example.com"}"#,
/// )?;
/// // The contact's own id, as other events have it:
/// assert_eq!(customer.contact_id, 445_120_981);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.Customer"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Customer {
    /// Customer id. It is not the contact id. Captured.
    pub id: CustomerId,
    /// IP address from which the order came. Captured.
    #[serde(default)]
    pub client_ip: Option<String>,
    /// Contact id. Captured.
    pub contact_id: ContactId,
    /// E-mail address. Captured.
    pub email: String,
    /// Values that were typed into the order form. Captured.
    #[serde(default)]
    pub fields: Fields,
    /// `paypal`, `stripe` or another. Captured.
    #[serde(default)]
    pub payment_processor: Option<String>,
    /// Address of the page through which the customer came. Captured.
    #[serde(default)]
    pub source_url: Option<String>,
}

/// A coupon.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::account::Coupon;
///
/// let coupon: Coupon = serde_json::from_str(
///     r#"{"code": "RENTREE26", "discountAmount": 500, "discountType": "fixed"}"#,
/// )?;
/// assert_eq!(coupon.code.as_deref(), Some("RENTREE26"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.Coupon"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Coupon {
    /// Name that only the owner sees. Captured.
    #[serde(default)]
    pub inner_name: Option<String>,
    /// Code that customers type. Captured.
    #[serde(default)]
    pub code: Option<String>,
    /// Discount in minor units or per cent, as the [type](Self::discount_type) says.
    /// Captured.
    #[serde(default, deserialize_with = "lenient::number")]
    pub discount_amount: Option<Number>,
    /// `fixed` or another. Captured.
    #[serde(default)]
    pub discount_type: Option<String>,
    /// Time until which the coupon can be used. Captured.
    #[serde(default, deserialize_with = "lenient::time")]
    pub expiration_date: Option<Timestamp>,
    /// Number of times that the coupon can be used. Captured.
    #[serde(default, deserialize_with = "lenient::number")]
    pub limit_of_use: Option<Number>,
}

/// An order. Each of its lines (main product, order bump, upsell) is a delivery of its own,
/// and all have this order.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::account::Order;
///
/// let order: Order =
///     serde_json::from_str(r#"{"id": 12768940, "totalPrice": 4200, "vat": 0.0}"#)?;
/// assert_eq!(order.id, 12_768_940);
/// assert_eq!(order.total_price.unwrap().decimal("eur").to_string(), "42.00");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.Order"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Order {
    /// Order id. Instalments, order bumps, upsells and the cancellation repeat it.
    /// Captured.
    pub id: OrderId,
    /// Time of the order. Captured.
    #[serde(default, deserialize_with = "lenient::time")]
    pub created_at: Option<Timestamp>,
    /// Discount in minor units or per cent, as the [type](Self::discount_type) says.
    /// Captured.
    #[serde(default, deserialize_with = "lenient::number")]
    pub discount_amount: Option<Number>,
    /// `fixed` or another. Captured.
    #[serde(default)]
    pub discount_type: Option<String>,
    /// Shipping fee in minor units of the price plan's currency. Captured.
    #[serde(default)]
    pub shipping_fee: Option<MinorUnits>,
    /// Amount that is charged after the discount, in minor units of the price plan's
    /// currency. Captured; null for some orders. Don't add it up over the lines of an order:
    /// each may carry the total of all. The list price is in the
    /// [price plan](super::PricePlan::amount).
    #[serde(default)]
    pub total_price: Option<MinorUnits>,
    /// VAT as it came, because its unit is not published. Captured as `0.0`, `0` and null.
    #[serde(default, deserialize_with = "lenient::number")]
    pub vat: Option<Number>,
}

/// One line of an order: the main product, an order bump or an upsell.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::account::OrderItem;
///
/// let item: OrderItem = serde_json::from_str(r#"{"id": 15460871, "resources": []}"#)?;
/// // The key of a table of sales that were granted:
/// assert_eq!(i64::try_from(item.id), Ok(15_460_871));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.OrderItem"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OrderItem {
    /// Order item id: look at it to grant a sale once. Each line of an order is a delivery
    /// with an item id of its own, and all have the same order. Captured.
    pub id: OrderItemId,
    /// Time of the order. Captured.
    #[serde(default, deserialize_with = "lenient::time")]
    pub created_at: Option<Timestamp>,
    /// Courses, tags and other things that the customer gets. Captured.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub resources: Vec<Resource>,
}

impl OrderItem {
    /// Returns the courses that were sold.
    ///
    /// No sale of a course was captured. A public integration describes the course as id and
    /// name, as a tag is written, and it is read so; if it comes in another shape, it is not
    /// among these (siohook's `Delivery::unread` names it). Not known is which courses a
    /// [bundle](Resource::course_bundle) holds: they are not among these either.
    ///
    /// ```
    /// # use siohook_events as siohook;
    /// use siohook::account::OrderItem;
    ///
    /// let item: OrderItem = serde_json::from_str(r#"{"id": 15460871, "resources": [
    ///     {"course": null, "tag": {"id": 1758400, "name": "Acheteur"}},
    ///     {"course": {"id": 44685, "name": "Atelier"}, "tag": null}
    /// ]}"#)?;
    /// assert!(item.course_ids().eq([44_685]));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn course_ids(&self) -> impl Iterator<Item = CourseId> {
        let courses = self.resources.iter().filter_map(|it| it.course.as_ref());
        courses.map(|course| course.id)
    }
}
