//! Checks that a body matches the event name.
//!
//! The name of an account webhook is in a header that is not signed, so an attacker can replay
//! a signed body under another name. These members decide, and null counts as absent:
//!
//! | event | required | forbidden |
//! |---|---|---|
//! | sales | `customer`, and one of `order`, `orderItem`, `pricePlan` | |
//! | tag events of contacts | `contact`, `tag` | `customer` |
//! | other events of contacts | `contact` | `tag`, `customer` |
//! | unlisted `SALE_…` | | `contact` without `customer` |
//! | unlisted `CONTACT_…` | | `customer` without `contact` |

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use siohook_events::{Event, EventName, Mechanism};

use super::body_form;
use super::hint::Hint;
use super::reason::Reason;
use super::rejection::Rejection;

/// Refuses an automation that names an event of account webhooks, because their handlers
/// rely on signatures.
pub(crate) fn check_automation(event: &EventName) -> Result<(), Rejection> {
    match event.event().map(Event::mechanism) {
        Some(Mechanism::Account) => {
            Err(Rejection::new(Reason::EventContradicted).hint(Hint::EventOfAccount))
        }
        _ => Ok(()),
    }
}

/// Checks that the body of an account webhook is JSON and has the shape of the event
/// that the header names.
pub(crate) fn check_account(json: &str, event: &EventName) -> Result<(), Rejection> {
    let shape: Shape = serde_json::from_str(json).map_err(|error| {
        let reason = if error.is_data() {
            Reason::NoEnvelope
        } else {
            Reason::NotJson
        };
        let rejection = Rejection::new(reason).hint(Hint::AccountMembers);
        rejection.hint(body_form::by_its_start(json.as_bytes()))
    })?;
    match shape.contradiction(event) {
        Some(why) => Err(Rejection::new(Reason::EventContradicted).hint(why)),
        None => Ok(()),
    }
}

/// The members of a body that distinguish events, as bits. Null counts as absent.
#[derive(Clone, Copy, Default)]
pub(crate) struct Shape(u8);

impl Shape {
    const CONTACT: Self = Self(1);
    const TAG: Self = Self(2);
    const CUSTOMER: Self = Self(4);
    /// A part of a purchase: `order`, `orderItem` or `pricePlan`.
    const BOUGHT: Self = Self(8);

    /// The shape of a body with this member only.
    pub(crate) fn of(key: &str) -> Self {
        match key {
            "contact" => Self::CONTACT,
            "tag" => Self::TAG,
            "customer" => Self::CUSTOMER,
            "order" | "orderItem" | "pricePlan" => Self::BOUGHT,
            _ => Self::default(),
        }
    }

    /// Adds the members of another shape.
    pub(crate) fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    fn has(self, member: Self) -> bool {
        self.0 & member.0 != 0
    }

    /// Returns why a body of this shape does not match the event.
    pub(crate) fn contradiction(self, event: &EventName) -> Option<Hint> {
        let Some(listed) = event.event() else {
            return self.of_another_kind(event.as_str());
        };
        if listed.mechanism() != Mechanism::Account {
            return Some(Hint::EventOfAutomation);
        }
        let event = listed.name();
        let needs = |member| listed.members().contains(&member);
        if needs("customer") {
            return if !self.has(Self::CUSTOMER) {
                Some(Hint::HasNoCustomer { event })
            } else if !self.has(Self::BOUGHT) {
                Some(Hint::HasNoOrder { event })
            } else {
                None
            };
        }
        if !self.has(Self::CONTACT) {
            Some(Hint::HasNoContact { event })
        } else if needs("tag") && !self.has(Self::TAG) {
            Some(Hint::HasNoTag { event })
        } else if !needs("tag") && self.has(Self::TAG) {
            Some(Hint::HasTag { event })
        } else if self.has(Self::CUSTOMER) {
            Some(Hint::HasCustomer { event })
        } else {
            None
        }
    }

    /// Returns why a body does not match an unlisted event. The bodies of unlisted events are
    /// unknown, so only the body of a contact is refused as a sale, and the other way round.
    fn of_another_kind(self, name: &str) -> Option<Hint> {
        let (contact, customer) = (self.has(Self::CONTACT), self.has(Self::CUSTOMER));
        if name.starts_with("SALE_") && contact && !customer {
            Some(Hint::SaleOfContact)
        } else if name.starts_with("CONTACT_") && customer && !contact {
            Some(Hint::ContactOfSale)
        } else {
            None
        }
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ShapeVisitor)
    }
}

struct ShapeVisitor;

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = Shape;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shape, A::Error> {
        let mut shape = Shape::default();
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            let value = map.next_value::<Option<IgnoredAny>>()?;
            if value.is_some() {
                shape.add(Shape::of(&key));
            }
        }
        Ok(shape)
    }
}
