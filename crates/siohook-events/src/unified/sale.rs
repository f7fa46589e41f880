//! A sale, whichever mechanism sent it.

use serde::{Deserialize, Serialize};
use serde_json::Number;
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

use super::{FunnelStep, Tag, same_members};
use crate::ids::{ContactId, CustomerId, OrderId, OrderItemId, PricePlanId};
use crate::{Fields, MinorUnits, Timestamp, account, automation};

/// A customer bought something: one line of an order.
///
/// To grant it once, look at [`OrderItem::id`].
///
/// ```
/// use siohook_events::unified::Sale;
///
/// fn receipt(sale: &Sale) -> String {
///     let plan = &sale.price_plan;
///     // The total may be that of all lines.
///     match plan.amount {
///         Some(amount) => format!("{}: {} {}", plan.name, amount.decimal(&plan.currency), plan.currency),
///         None => plan.name.clone(),
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.Sale"))]
#[non_exhaustive]
pub struct Sale {
    /// Who bought. Captured and documented.
    pub customer: Customer,
    /// The order, which may have several lines. Captured and documented.
    pub order: Order,
    /// The line that this is about. Captured and documented.
    pub order_item: OrderItem,
    /// What was offered at which price. Captured and documented.
    pub price_plan: PricePlan,
    /// The coupon that was used. Captured in account webhooks. `None` for an automation,
    /// whose coupon has no published shape.
    pub coupon: Option<Coupon>,
    /// The page with the order form, if it belongs to a funnel. Captured and documented.
    pub funnel_step: Option<FunnelStep>,
}

/// A person as a buyer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.Customer"))]
#[non_exhaustive]
pub struct Customer {
    /// Who it is as a buyer. It isn't the id of the contact. Captured and documented.
    pub id: CustomerId,
    /// Who it is as a contact. Captured and documented.
    pub contact_id: ContactId,
    /// The e-mail address. Captured and documented.
    pub email: String,
    /// What was typed into the order form. Captured and documented.
    pub fields: Fields,
    /// `paypal`, `stripe` or another. Captured and documented.
    pub payment_processor: Option<String>,
    /// The page through which the customer came. Captured in account webhooks. `None` for
    /// an automation.
    pub source_url: Option<String>,
}

/// An order. It leads to a delivery for each of its lines (main product, order bump),
/// all with this order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.Order"))]
#[non_exhaustive]
pub struct Order {
    /// The order. Instalments, order bumps and upsells repeat it. Captured and documented.
    pub id: OrderId,
    /// When it was placed. Captured and documented.
    pub created_at: Option<Timestamp>,
    /// What is charged after the discount, in minor units of the price plan's currency.
    /// Captured; an automation often lacks it, and the members that follow. Don't add it
    /// up over the lines of an order: each may carry the total of all.
    pub total_price: Option<MinorUnits>,
    /// Minor units or per cent, as the [type](Self::discount_type) says. Captured.
    pub discount_amount: Option<Number>,
    /// `fixed` or another. Captured.
    pub discount_type: Option<String>,
    /// In minor units of the price plan's currency. Captured.
    pub shipping_fee: Option<MinorUnits>,
    /// Kept as it came, because its unit is not published. Captured as `0.0`, `0` and
    /// null.
    pub vat: Option<Number>,
}

/// One line of an order: the main product, an order bump or an upsell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.OrderItem"))]
#[non_exhaustive]
pub struct OrderItem {
    /// The line: what to look at to grant a sale once. Each line of an order is a
    /// delivery with an id of its own, and all have the same order. Captured and
    /// documented.
    pub id: OrderItemId,
    /// When it was placed. Captured and documented.
    pub created_at: Option<Timestamp>,
    /// The tags that the customer gets. Captured and documented.
    pub tags: Vec<Tag>,
}

/// What was offered at which price.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.PricePlan"))]
#[non_exhaustive]
pub struct PricePlan {
    /// The price plan. The id changes when the owner edits the offer. Captured and
    /// documented.
    pub id: PricePlanId,
    /// The name that customers see. Captured and documented.
    pub name: String,
    /// The name that only the owner sees. Captured and documented.
    pub inner_name: Option<String>,
    /// `one_shot`, `subscription` or another. Captured and documented.
    pub r#type: Option<String>,
    /// The list price of one payment, before any discount, in minor units of the
    /// currency. Captured and documented; an account webhook always has one, an
    /// automation may send null.
    pub amount: Option<MinorUnits>,
    /// Lower-case ISO 4217: `eur`. Captured and documented.
    pub currency: String,
}

/// A coupon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.Coupon"))]
#[non_exhaustive]
pub struct Coupon {
    /// The name that only the owner sees. Captured.
    pub inner_name: Option<String>,
    /// What the customer typed. Captured.
    pub code: Option<String>,
    /// Minor units or per cent, as the [type](Self::discount_type) says. Captured.
    pub discount_amount: Option<Number>,
    /// `fixed` or another. Captured.
    pub discount_type: Option<String>,
    /// Until when it can be used. Captured.
    pub expiration_date: Option<Timestamp>,
    /// How many times it can be used. Captured.
    pub limit_of_use: Option<Number>,
}

same_members! {
    Order {
        id, created_at, total_price, discount_amount, discount_type, shipping_fee, vat
    } from automation::Order, account::Order;
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
        let tag = |resource: automation::Resource| {
            let id = resource.tag_id()?;
            let name = resource.data?.name;
            Some(Tag { id, name })
        };
        Self {
            id: item.id,
            created_at: item.created_at,
            tags: item.resources.into_iter().filter_map(tag).collect(),
        }
    }
}

impl From<account::OrderItem> for OrderItem {
    fn from(item: account::OrderItem) -> Self {
        let tags = item.resources.into_iter();
        Self {
            id: item.id,
            created_at: item.created_at,
            tags: tags.filter_map(|resource| resource.tag).collect(),
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
