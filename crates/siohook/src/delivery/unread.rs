use std::fmt;

use serde::de::DeserializeOwned;
use siohook_events::{Mechanism, Shown, account, automation};

use super::salvage::{LeftOut, salvage};
use super::{Delivery, Mismatch};

/// An optional member of a body that could not be read: [`Delivery::unread`] lists them.
///
/// It holds names and words of the payload's type, and no value of the body, which may be
/// about a person.
///
/// ```
/// # fn f(delivery: &siohook::Delivery) {
/// let pointers = delivery.unread().iter().map(|unread| unread.pointer());
/// let is_total_odd = pointers.into_iter().any(|pointer| pointer == "/order/totalPrice");
/// # let _ = is_total_odd;
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    pointer: Box<str>,
    reason: Box<str>,
}

impl Unread {
    fn new(mechanism: Mechanism, left_out: &LeftOut) -> Self {
        let root = match mechanism {
            Mechanism::Automation => "/data",
            _ => "",
        };
        Self {
            pointer: format!("{root}{}", left_out.pointer()).into(),
            reason: Shown::text(left_out.reason()).to_string().into(),
        }
    }

    /// Where the member is: a JSON pointer from the root of the body, such as
    /// `/order/totalPrice` or `/data/contact/referred_by_contact_id`.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// Why it could not be read: `invalid type: string, expected a number`. If a required
    /// member inside of it was at fault, that is named.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

/// `/order/totalPrice: invalid value, expected a whole number of minor units`
impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pointer, self.reason)
    }
}

impl Delivery {
    /// The optional members of the event's payload that could not be read. Handlers find
    /// `None` there, or what the type has for an absent member.
    ///
    /// It is empty for almost every body. An oddity of the sender in a member that you may
    /// not even need never costs you the event; but if you need it, look here whether it was
    /// absent or odd:
    ///
    /// ```
    /// use siohook::{Delivery, HandlerError, account, on_event};
    ///
    /// #[on_event("SALE_NEW")]
    /// fn book(sale: account::SaleNew, delivery: &Delivery) -> Result<(), HandlerError> {
    ///     if let Some(total) = sale.order.total_price {
    ///         println!("{total} {}", sale.price_plan.currency);
    ///     } else if let Some(unread) = delivery.unread().first() {
    ///         // /order/totalPrice: invalid value, expected a whole number in range
    ///         return Err(HandlerError::permanent(unread.to_string()));
    ///     }
    ///     Ok(())
    /// }
    /// ```
    ///
    /// If a required member inside of an optional one can't be read, the optional one is
    /// left out; a list loses the element. Up to 16 are left out, and past that a list as a
    /// whole. What an event is about (e-mail address, ids) is required: without it the body
    /// is a [`Mismatch`], and nothing is listed here.
    ///
    /// The list is that of the event's own payload type, whatever handlers take, and is
    /// computed on the first call. It is empty for events that the catalogue does not have.
    /// [`Data<T>`](crate::Data) and [`data`](Self::data) are as strict as your own type.
    #[must_use]
    pub fn unread(&self) -> &[Unread] {
        // A payload that was read on arrival left its list then, if it has one.
        if self.payload::<()>().is_some() {
            self.0.unread.get_or_init(|| UnreadList::of(self));
        }
        self.known_unread()
    }

    /// The same, as far as that is known.
    pub(crate) fn known_unread(&self) -> &[Unread] {
        self.0.unread.get().map_or(&[], UnreadList::as_slice)
    }

    /// Parses a payload of the catalogue.
    pub(crate) fn parse_payload<P: DeserializeOwned>(&self) -> Result<P, Mismatch> {
        serde_json::from_str(self.json()?).or_else(|_| self.salvage())
    }

    /// Parses a payload that could not be read whole, without what is optional in it.
    #[cold]
    pub(crate) fn salvage<P: DeserializeOwned>(&self) -> Result<P, Mismatch> {
        let (payload, unread) = self.salvage_with(self.json()?)?;
        self.0.unread.get_or_init(|| unread);
        Ok(payload)
    }

    /// What is unread of a payload of this type, if it is one but for that.
    fn unread_as<P: DeserializeOwned>(&self) -> Option<UnreadList> {
        let json = self.json().ok()?;
        match serde_json::from_str::<P>(json) {
            Ok(_) => None,
            Err(_) => Some(self.salvage_with::<P>(json).ok()?.1),
        }
    }

    fn salvage_with<P: DeserializeOwned>(&self, json: &str) -> Result<(P, UnreadList), Mismatch> {
        let body = self.body();
        let offset = json.as_ptr().addr() - body.as_ptr().addr();
        match salvage(json, offset) {
            Ok((payload, left_out)) => Ok((payload, UnreadList::new(self.mechanism(), &left_out))),
            Err(error) => Err(Mismatch::explained::<P>(
                &error,
                body,
                self.schema_version(),
            )),
        }
    }
}

/// All of one body.
#[expect(
    clippy::box_collection,
    reason = "it keeps the allocation of a delivery small"
)]
pub(super) struct UnreadList(Box<Vec<Unread>>);

impl UnreadList {
    fn new(mechanism: Mechanism, left_out: &[LeftOut]) -> Self {
        let unread = left_out.iter().map(|it| Unread::new(mechanism, it));
        Self(Box::new(unread.collect()))
    }

    fn as_slice(&self) -> &[Unread] {
        &self.0
    }
}

macro_rules! payloads {
    ($($mechanism:ident $payload:ident $name:literal [$($unified:ident)?] $rest:tt)*) => {
        impl UnreadList {
            /// Reads the body as the payload of its event.
            fn of(delivery: &Delivery) -> Self {
                let read = match delivery.event().as_str() {
                    $($name => delivery.unread_as::<$mechanism::$payload>(),)*
                    _ => None,
                };
                read.unwrap_or_else(|| Self::new(delivery.mechanism(), &[]))
            }
        }
    };
}
siohook_events::__for_each_event!(payloads);
