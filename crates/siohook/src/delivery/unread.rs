use std::fmt;

use serde::de::DeserializeOwned;
use siohook_events::{Mechanism, Shown, account, automation};

use super::salvage::{LeftOut, salvage};
use super::{Delivery, Mismatch};

/// Optional member of a body that could not be read: see [`Delivery::unread`].
///
/// It holds names and texts of the payload's type, and never a value of the body, because
/// that may be personal. `Display` is pointer and reason:
///
/// ```
/// use siohook::{Delivery, on_event};
///
/// #[on_event("*")]
/// fn warn(delivery: &Delivery) {
///     for unread in delivery.unread() {
///         // SALE_NEW: /order/totalPrice: invalid value, expected a whole number in range
///         eprintln!("{}: {unread}", delivery.event());
///     }
/// }
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

    /// Returns the place of the member: a JSON pointer from the root of the body, such as
    /// `/order/totalPrice` or `/data/contact/referred_by_contact_id`.
    ///
    /// ```
    /// fn is_total_unread(delivery: &siohook::Delivery) -> bool {
    ///     let mut unread = delivery.unread().iter();
    ///     unread.any(|unread| unread.pointer() == "/order/totalPrice")
    /// }
    /// ```
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// Returns why the member could not be read: `invalid type: string, expected a number`.
    ///
    /// If a required member inside it is the cause, the reason begins with its path.
    ///
    /// ```
    /// # fn f(unread: &siohook::Unread) {
    /// println!("{} could not be read: {}", unread.pointer(), unread.reason());
    /// # }
    /// ```
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
    /// Returns the optional members of the event's payload that could not be read. Handlers
    /// get `None` for them, or the default of an absent member.
    ///
    /// The list is empty for almost every body. An unreadable optional member never costs
    /// you the event. If you need the member, the list says whether it was absent or
    /// unreadable:
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
    /// * If a required member inside an optional one can't be read, the optional one is left
    ///   out. A list loses the element.
    /// * Up to 16 members and elements are left out. Beyond that, a whole list is.
    /// * The e-mail address and the ids of an event are required. If one can't be read, the
    ///   body is a [`Mismatch`], and this list is empty.
    ///
    /// The list is computed on the first call, for the payload type that the catalogue has
    /// for the event, whichever arguments the handlers take. It is empty for unlisted events.
    /// [`Data<T>`](crate::Data) and [`data`](Self::data) are as strict as your own type.
    #[must_use]
    pub fn unread(&self) -> &[Unread] {
        // A payload that was parsed on arrival has set the list, unless it is empty.
        if self.payload::<()>().is_some() {
            self.0.unread.get_or_init(|| UnreadList::of(self));
        }
        self.known_unread()
    }

    /// The list as far as it was computed, or empty.
    pub(crate) fn known_unread(&self) -> &[Unread] {
        self.0.unread.get().map_or(&[], UnreadList::as_slice)
    }

    /// Parses a payload of the catalogue.
    pub(crate) fn parse_payload<P: DeserializeOwned>(&self) -> Result<P, Mismatch> {
        serde_json::from_str(self.json()?).or_else(|_| self.salvage())
    }

    /// Parses a payload again and leaves out the optional members that can't be read.
    #[cold]
    pub(crate) fn salvage<P: DeserializeOwned>(&self) -> Result<P, Mismatch> {
        let (payload, unread) = self.salvage_with(self.json()?)?;
        self.0.unread.get_or_init(|| unread);
        Ok(payload)
    }

    /// The unreadable members of a payload of this type. `None` if all of it can be read, or
    /// a required member can't.
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

/// The unreadable members of one body.
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
