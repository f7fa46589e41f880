//! A sale of either mechanism.

use serde::{Deserialize, Serialize};
use serde_json::Number;
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

use super::{FunnelStep, Tag, same_members};
use crate::ids::{ContactId, CourseId, CustomerId, OrderId, OrderItemId, PricePlanId};
use crate::{Fields, MinorUnits, Timestamp, account, automation};

/// A customer bought something: one line of an order.
///
/// To grant it once, look at [`OrderItem::id`]. To learn which course was sold, look at
/// [`OrderItem::courses`].
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::unified::Sale;
///
/// fn receipt(sale: &Sale) -> String {
///     let plan = &sale.price_plan;
///     // `order.total_price` may be that of all lines.
///     match plan.amount {
///         Some(amount) => format!("{}: {} {}", plan.name, amount.decimal(&plan.currency), plan.currency),
///         None => plan.name.clone(),
///     }
/// }
/// ```
///
/// # Sample bodies
///
/// Of [`customer.sale.completed`](automation::SaleCompleted#sample-body) and
/// [`SALE_NEW`](account::SaleNew#sample-body).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.Sale"))]
#[non_exhaustive]
pub struct Sale {
    /// Person who bought. Captured and documented.
    pub customer: Customer,
    /// Order, which may have several lines. Captured and documented.
    pub order: Order,
    /// Line of the order that this sale is about. Captured and documented.
    pub order_item: OrderItem,
    /// Offer that was bought, and its price. Captured and documented.
    pub price_plan: PricePlan,
    /// Coupon that was used. Captured in account webhooks. `None` for an automation, whose
    /// coupon has no published shape.
    pub coupon: Option<Coupon>,
    /// Page with the order form, if it belongs to a funnel. Captured and documented.
    pub funnel_step: Option<FunnelStep>,
}

/// A person as a buyer.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::unified::Customer;
///
/// fn is_test(customer: &Customer) -> bool {
///     customer.email.ends_with("@example.com")
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.Customer"))]
#[non_exhaustive]
pub struct Customer {
    /// Customer id. It is not the contact id. Captured and documented.
    pub id: CustomerId,
    /// Contact id. Captured and documented.
    pub contact_id: ContactId,
    /// E-mail address. Captured and documented.
    pub email: String,
    /// Values that were typed into the order form. Captured and documented.
    pub fields: Fields,
    /// `paypal`, `stripe` or another. Captured and documented.
    pub payment_processor: Option<String>,
    /// Address of the page through which the customer came. Captured in account webhooks.
    /// `None` for an automation.
    pub source_url: Option<String>,
}

/// An order. Each of its lines (main product, order bump, upsell) is a delivery of its own,
/// and all have this order.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::unified::Order;
///
/// fn total(order: &Order, currency: &str) -> Option<String> {
///     Some(order.total_price?.decimal(currency).to_string())
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.Order"))]
#[non_exhaustive]
pub struct Order {
    /// Order id. Instalments, order bumps and upsells repeat it. Captured and documented.
    pub id: OrderId,
    /// Time of the order. Captured and documented.
    pub created_at: Option<Timestamp>,
    /// Amount that is charged after the discount, in minor units of the price plan's
    /// currency. Captured; an automation often lacks it and the members that follow. Don't
    /// add it up over the lines of an order: each may carry the total of all.
    pub total_price: Option<MinorUnits>,
    /// Discount in minor units or per cent, as the [type](Self::discount_type) says.
    /// Captured.
    pub discount_amount: Option<Number>,
    /// `fixed` or another. Captured.
    pub discount_type: Option<String>,
    /// Shipping fee in minor units of the price plan's currency. Captured.
    pub shipping_fee: Option<MinorUnits>,
    /// VAT as it came, because its unit is not published. Captured as `0.0`, `0` and null.
    pub vat: Option<Number>,
}

/// One line of an order: the main product, an order bump or an upsell.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::SaleCompleted;
/// use siohook::unified::Sale;
///
/// // The sample of `customer.sale.completed`, shortened.
/// let sale: SaleCompleted = serde_json::from_str(r#"{
///     "customer": {"id": 616824, "contact_id": 20756080, "email": "customer@example.com"},
///     "offer_price_plan": {"id": 19, "currency": "eur"},
///     "order": {"id": 612661},
///     "order_item": {"id": 763123, "resources": [
///         {"type": "systemeio_tag", "data": {"id": 110, "name": "FR-Client-CCBQR-7"}},
///         {"type": "membership_course", "data": {"id": 111, "name": "Un blog qui rapporte"}}
///     ]}
/// }"#)?;
/// let sale = Sale::from(sale);
/// let [course] = &sale.order_item.courses[..] else { panic!("one course was sold") };
/// assert_eq!(course.id, 111);
/// assert_eq!(course.name, "Un blog qui rapporte");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.OrderItem"))]
#[non_exhaustive]
pub struct OrderItem {
    /// Order item id: look at it to grant a sale once. Each line of an order is a delivery
    /// with an item id of its own, and all have the same order. Captured and documented.
    pub id: OrderItemId,
    /// Time of the order. Captured and documented.
    pub created_at: Option<Timestamp>,
    /// Tags that the customer gets. Captured and documented.
    pub tags: Vec<Tag>,
    /// Courses that the customer gets. Documented for an automation; never seen in an
    /// account webhook, see [`account::OrderItem::course_ids`]. The courses of a bundle are
    /// not among them.
    pub courses: Vec<Course>,
}

/// A course that was sold.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::ids::CourseId;
/// use siohook::unified::Sale;
///
/// fn sells(sale: &Sale, course: CourseId) -> bool {
///     sale.order_item.courses.iter().any(|sold| sold.id == course)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.Course"))]
#[non_exhaustive]
pub struct Course {
    /// Course id. Documented.
    pub id: CourseId,
    /// Name that the owner chose. Documented.
    pub name: String,
}

/// An offer and its price.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::unified::PricePlan;
///
/// fn is_free(plan: &PricePlan) -> bool {
///     plan.amount.is_some_and(|amount| amount == 0)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.PricePlan"))]
#[non_exhaustive]
pub struct PricePlan {
    /// Price plan id. It changes when the owner edits the offer. Captured and documented.
    pub id: PricePlanId,
    /// Name that customers see. Captured and documented.
    pub name: String,
    /// Name that only the owner sees. Captured and documented.
    pub inner_name: Option<String>,
    /// `one_shot`, `subscription` or another. Captured and documented.
    pub r#type: Option<String>,
    /// List price of one payment, before any discount, in minor units of the
    /// currency. Captured and documented; an account webhook always has one, an
    /// automation may send null.
    pub amount: Option<MinorUnits>,
    /// Currency as lower-case ISO 4217: `eur`. Captured and documented.
    pub currency: String,
}

/// A coupon.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::unified::Coupon;
///
/// fn is_summer(coupon: &Coupon) -> bool {
///     coupon.code.as_deref() == Some("SUMMER26")
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.Coupon"))]
#[non_exhaustive]
pub struct Coupon {
    /// Name that only the owner sees. Captured.
    pub inner_name: Option<String>,
    /// Code that customers type. Captured.
    pub code: Option<String>,
    /// Discount in minor units or per cent, as the [type](Self::discount_type) says.
    /// Captured.
    pub discount_amount: Option<Number>,
    /// `fixed` or another. Captured.
    pub discount_type: Option<String>,
    /// Time until which the coupon can be used. Captured.
    pub expiration_date: Option<Timestamp>,
    /// Number of times that the coupon can be used. Captured.
    pub limit_of_use: Option<Number>,
}

same_members! {
    Order {
        id, created_at, total_price, discount_amount, discount_type, shipping_fee, vat
    } from automation::Order, account::Order;
    Course { id, name } from account::Course;
    Coupon {
        inner_name, code, discount_amount, discount_type, expiration_date, limit_of_use
    } from account::Coupon;
}

impl From<automation::SaleCompleted> for Sale {
    fn from(sale: automation::SaleCompleted) -> Self {
        Self {
            customer: sale.customer.into(),
            order: sale.order.into(),
            order_item: sale.order_item.into(),
            price_plan: sale.offer_price_plan.into(),
            coupon: None,
            funnel_step: sale.funnel_step,
        }
    }
}

impl From<account::SaleNew> for Sale {
    fn from(sale: account::SaleNew) -> Self {
        Self {
            customer: sale.customer.into(),
            order: sale.order.into(),
            order_item: sale.order_item.into(),
            price_plan: sale.price_plan.into(),
            coupon: sale.coupon.map(Coupon::from),
            funnel_step: sale.funnel_step,
        }
    }
}

impl From<automation::Customer> for Customer {
    fn from(customer: automation::Customer) -> Self {
        Self {
            id: customer.id,
            contact_id: customer.contact_id,
            email: customer.email,
            fields: customer.fields,
            payment_processor: customer.payment_processor,
            source_url: None,
        }
    }
}

impl From<account::Customer> for Customer {
    fn from(customer: account::Customer) -> Self {
        Self {
            id: customer.id,
            contact_id: customer.contact_id,
            email: customer.email,
            fields: customer.fields,
            payment_processor: customer.payment_processor,
            source_url: customer.source_url,
        }
    }
}

impl From<automation::OrderItem> for OrderItem {
    fn from(item: automation::OrderItem) -> Self {
        let (mut tags, mut courses) = (vec![], vec![]);
        for resource in item.resources {
            let (tag, course) = (resource.tag_id(), resource.course_id());
            let name = resource.data.map(|data| data.name).unwrap_or_default();
            if let Some(id) = tag {
                tags.push(Tag { id, name });
            } else if let Some(id) = course {
                courses.push(Course { id, name });
            }
        }
        Self {
            id: item.id,
            created_at: item.created_at,
            tags,
            courses,
        }
    }
}

impl From<account::OrderItem> for OrderItem {
    fn from(item: account::OrderItem) -> Self {
        let (mut tags, mut courses) = (vec![], vec![]);
        for resource in item.resources {
            tags.extend(resource.tag);
            courses.extend(resource.course.map(Course::from));
        }
        Self {
            id: item.id,
            created_at: item.created_at,
            tags,
            courses,
        }
    }
}

impl From<automation::OfferPricePlan> for PricePlan {
    fn from(plan: automation::OfferPricePlan) -> Self {
        Self {
            id: plan.id,
            name: plan.name,
            inner_name: plan.inner_name,
            r#type: plan.r#type,
            amount: plan.direct_charge_amount,
            currency: plan.currency,
        }
    }
}

impl From<account::PricePlan> for PricePlan {
    fn from(plan: account::PricePlan) -> Self {
        Self {
            id: plan.id,
            name: plan.name,
            inner_name: plan.inner_name,
            r#type: plan.r#type,
            amount: Some(plan.amount),
            currency: plan.currency,
        }
    }
}
