//! One shape for two names that mean the same.
//!
//! An account that uses both mechanisms gets the same news twice, in two
//! shapes. A handler that takes one of these types can listen to both names:
//!
//! | type | automation | account |
//! |---|---|---|
//! | [`TagAdded`] | `contact.tag.added` | `CONTACT_TAG_ADDED` |
//! | [`TagRemoved`] | `contact.tag.removed` | `CONTACT_TAG_REMOVED` |
//! | [`OptIn`] | `contact.optin.completed` | `CONTACT_OPT_IN` |
//! | [`Sale`] | `customer.sale.completed` | `SALE_NEW` |
//!
//! A cancellation has no type here, so that it can't be taken for a sale.
//! [`Contact`] is whom any event is about.

use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

use crate::ids::{ContactId, CustomerId, OrderItemId, PricePlanId};
use crate::{
    Fields, MinorUnits, Timestamp, account, automation, lenient,
    nested::{self, Form, Nested},
};

pub use crate::automation::Order;
pub use crate::common::{Funnel, FunnelStep, Tag};

/// A tag was put on a contact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.TagAdded"))]
#[non_exhaustive]
pub struct TagAdded {
    /// Who got it.
    pub contact: Contact,
    /// The tag.
    pub tag: Tag,
}

/// A tag was taken off a contact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.TagRemoved"))]
#[non_exhaustive]
pub struct TagRemoved {
    /// Who lost it.
    pub contact: Contact,
    /// The tag.
    pub tag: Tag,
}

/// A contact filled in a form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.OptIn"))]
#[non_exhaustive]
pub struct OptIn {
    /// Who filled it in.
    pub contact: Contact,
    /// Address of the page with the form. An account webhook sends the page
    /// through which the contact came, which may be another.
    pub source_url: Option<String>,
}

/// A customer bought something: one line of an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.Sale"))]
#[non_exhaustive]
pub struct Sale {
    /// Who bought.
    pub customer: Customer,
    /// The order, which may have several lines and lead to several deliveries.
    pub order: Order,
    /// The line that this is about.
    pub order_item: OrderItem,
    /// What was offered at which price.
    pub price_plan: PricePlan,
    /// The page with the order form, if it belongs to a funnel.
    pub funnel_step: Option<FunnelStep>,
}

/// Whom an event is about.
///
/// It is read from any body that has a `contact` or a `customer`, of either
/// mechanism; of a customer, the id is that of the contact behind it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.Contact"))]
#[non_exhaustive]
pub struct Contact {
    /// Who it is.
    pub id: ContactId,
    /// The e-mail address.
    pub email: String,
    /// Name, phone number, address and the owner's own fields.
    #[serde(default)]
    pub fields: Fields,
}

/// A person as a buyer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.Customer"))]
#[non_exhaustive]
pub struct Customer {
    /// Who it is as a buyer. It isn't the id of the contact.
    pub id: CustomerId,
    /// Who it is as a contact.
    pub contact_id: ContactId,
    /// The e-mail address.
    pub email: String,
    /// What was typed into the order form.
    pub fields: Fields,
    /// `paypal`, `stripe` or another.
    pub payment_processor: Option<String>,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.OrderItem"))]
#[non_exhaustive]
pub struct OrderItem {
    /// The line: what to look at to grant a sale once.
    pub id: OrderItemId,
    /// When it was placed.
    pub created_at: Option<Timestamp>,
    /// The tags that the customer gets.
    pub tags: Vec<Tag>,
}

/// What was offered at which price.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.PricePlan"))]
#[non_exhaustive]
pub struct PricePlan {
    /// The price plan. The id changes when the owner edits the offer.
    pub id: PricePlanId,
    /// The name that customers see.
    pub name: String,
    /// The name that only the owner sees.
    pub inner_name: Option<String>,
    /// `one_shot`, `subscription` or another.
    pub r#type: Option<String>,
    /// The list price of one payment, in minor units of the currency. An
    /// account webhook always has one, an automation may send null.
    pub amount: Option<MinorUnits>,
    /// Lower-case ISO 4217: `eur`.
    pub currency: String,
}

impl Contact {
    /// Reads whom an event is about from `data` of an automation event or from
    /// the body of an account event.
    ///
    /// # Errors
    ///
    /// There is neither a `contact` nor a `customer`, or it lacks id or e-mail
    /// address.
    pub fn of_event<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Subject {
            #[serde(default)]
            contact: Option<Plain>,
            #[serde(default)]
            customer: Option<Buyer>,
        }

        #[derive(Deserialize)]
        #[serde(transparent)]
        struct Plain(#[serde(deserialize_with = "nested::deserialize")] Contact);

        #[derive(Deserialize)]
        struct Buyer {
            #[serde(alias = "contactId")]
            contact_id: ContactId,
            email: String,
            #[serde(default, deserialize_with = "lenient::or_default")]
            fields: Fields,
        }

        match Subject::deserialize(deserializer)? {
            Subject {
                contact: Some(Plain(contact)),
                ..
            } => Ok(contact),
            Subject {
                customer:
                    Some(Buyer {
                        contact_id: id,
                        email,
                        fields,
                    }),
                ..
            } => Ok(Self { id, email, fields }),
            Subject { .. } => Err(D::Error::missing_field("contact")),
        }
    }
}

impl Nested for Contact {
    const KEYS: &'static [&'static str] = &["contact", "id", "email", "fields"];

    fn form(&self) -> Form {
        Form::Once
    }

    fn set_form(&mut self, _: Form) {}
}

impl From<automation::Contact> for Contact {
    fn from(contact: automation::Contact) -> Self {
        Self {
            id: contact.id,
            email: contact.email,
            fields: contact.fields,
        }
    }
}

impl From<account::Contact> for Contact {
    fn from(contact: account::Contact) -> Self {
        Self {
            id: contact.id,
            email: contact.email,
            fields: contact.fields,
        }
    }
}

impl From<automation::TagAdded> for TagAdded {
    fn from(event: automation::TagAdded) -> Self {
        Self {
            contact: event.contact.into(),
            tag: event.tag,
        }
    }
}

impl From<account::ContactTagAdded> for TagAdded {
    fn from(event: account::ContactTagAdded) -> Self {
        Self {
            contact: event.contact.into(),
            tag: event.tag,
        }
    }
}

impl From<automation::TagRemoved> for TagRemoved {
    fn from(event: automation::TagRemoved) -> Self {
        Self {
            contact: event.contact.into(),
            tag: event.tag,
        }
    }
}

impl From<account::ContactTagRemoved> for TagRemoved {
    fn from(event: account::ContactTagRemoved) -> Self {
        Self {
            contact: event.contact.into(),
            tag: event.tag,
        }
    }
}

impl From<automation::OptInCompleted> for OptIn {
    fn from(event: automation::OptInCompleted) -> Self {
        Self {
            contact: event.contact.into(),
            source_url: event.source_url,
        }
    }
}

impl From<account::ContactOptIn> for OptIn {
    fn from(mut event: account::ContactOptIn) -> Self {
        let source_url = event.contact.source_url.take();
        Self {
            contact: event.contact.into(),
            source_url,
        }
    }
}

impl From<automation::SaleCompleted> for Sale {
    fn from(sale: automation::SaleCompleted) -> Self {
        let tag = |resource: automation::Resource| {
            let id = resource.tag_id()?;
            Some(Tag {
                id,
                name: resource.data?.name,
            })
        };
        Self {
            customer: Customer {
                id: sale.customer.id,
                contact_id: sale.customer.contact_id,
                email: sale.customer.email,
                fields: sale.customer.fields,
                payment_processor: sale.customer.payment_processor,
            },
            order: sale.order,
            order_item: OrderItem {
                id: sale.order_item.id,
                created_at: sale.order_item.created_at,
                tags: sale
                    .order_item
                    .resources
                    .into_iter()
                    .filter_map(tag)
                    .collect(),
            },
            price_plan: PricePlan {
                id: sale.offer_price_plan.id,
                name: sale.offer_price_plan.name,
                inner_name: sale.offer_price_plan.inner_name,
                r#type: sale.offer_price_plan.r#type,
                amount: sale.offer_price_plan.direct_charge_amount,
                currency: sale.offer_price_plan.currency,
            },
            funnel_step: sale.funnel_step,
        }
    }
}

impl From<account::SaleNew> for Sale {
    fn from(sale: account::SaleNew) -> Self {
        let tag = |resource: account::Resource| resource.tag;
        Self {
            customer: Customer {
                id: sale.customer.id,
                contact_id: sale.customer.contact_id,
                email: sale.customer.email,
                fields: sale.customer.fields,
                payment_processor: sale.customer.payment_processor,
            },
            order: Order {
                id: sale.order.id,
                created_at: sale.order.created_at,
            },
            order_item: OrderItem {
                id: sale.order_item.id,
                created_at: sale.order_item.created_at,
                tags: sale
                    .order_item
                    .resources
                    .into_iter()
                    .filter_map(tag)
                    .collect(),
            },
            price_plan: PricePlan {
                id: sale.price_plan.id,
                name: sale.price_plan.name,
                inner_name: sale.price_plan.inner_name,
                r#type: sale.price_plan.r#type,
                amount: Some(sale.price_plan.amount),
                currency: sale.price_plan.currency,
            },
            funnel_step: sale.funnel_step,
        }
    }
}
