//! What a handler may take.

use std::any::{TypeId, type_name};
use std::fmt;

use crate::delivery::{Delivery, Mismatch};
use crate::request::TypeMap;
use crate::verify::BodyParser;

/// What a handler of the event `E` may take as an argument.
///
/// `E` is the payload type of the event that the handler listens to, or
/// [`SeveralEvents`](crate::event::SeveralEvents), [`AnyEvent`](crate::event::AnyEvent) or
/// [`UnlistedEvent`](crate::event::UnlistedEvent).
///
/// | argument | gives |
/// |---|---|
/// | a payload of [`automation`](crate::automation) or [`account`](crate::account) | the event's own type |
/// | a payload of [`unified`](crate::unified) | one shape for two names that mean the same |
/// | [`Data<T>`](crate::Data) | your own type |
/// | [`unified::Contact`](crate::unified::Contact), `Option<unified::Contact>` | whom the event is about |
/// | [`State<T>`](crate::State) | what was given to [`state`](crate::DispatcherBuilder::state) |
/// | [`Extension<T>`](crate::Extension) | what the adapter put into the request |
/// | `&Delivery`, [`Delivery`] | the verified delivery |
///
/// Implement it for types of your own, generic over `E` if they fit every
/// event:
///
/// ```
/// use siohook::{FromDelivery, HandlerContext, Mismatch, account, on_event};
///
/// /// How many attempts came before, as far as the message id tells.
/// struct MessageId(String);
///
/// impl<'a, E> FromDelivery<'a, E> for MessageId {
///     fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
///         let id = context.delivery().message_id();
///         id.map(|id| Self(id.to_owned())).ok_or_else(|| Mismatch::new("no message id"))
///     }
/// }
///
/// #[on_event("SALE_NEW")]
/// async fn grant(sale: account::SaleNew, MessageId(id): MessageId) {
///     println!("{id}: {}", sale.order_item.id);
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "a handler of this event can't take `{Self}`",
    label = "the payload of this event is `{E}`",
    note = "take `{E}`, its `unified` form if it has one, `&Delivery`, `Data<T>` or `unified::Contact`",
    note = "`State<T>` and `Extension<T>` need `T: Clone + Send + Sync + 'static`, and `Data<T>` needs `T: Deserialize`"
)]
pub trait FromDelivery<'a, E>: Sized {
    /// Takes the argument from a delivery.
    ///
    /// # Errors
    ///
    /// The delivery does not have what the type needs. The handler is not
    /// called, and the sender gets 422.
    fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch>;

    /// States what has to be there before the first delivery, so that
    /// [`build`](crate::DispatcherBuilder::build) can say what is missing.
    ///
    /// A type that takes other arguments passes this on to them.
    fn requirements(requirements: &mut Requirements) {
        let _ = requirements;
    }
}

/// What an argument is taken from.
#[derive(Clone, Copy)]
pub struct HandlerContext<'a> {
    delivery: &'a Delivery,
    states: &'a TypeMap,
    /// Whether several handlers take the payload.
    pub(super) shares_payload: bool,
}

impl<'a> HandlerContext<'a> {
    pub(crate) fn new(delivery: &'a Delivery, states: &'a TypeMap, shares_payload: bool) -> Self {
        Self {
            delivery,
            states,
            shares_payload,
        }
    }

    /// The verified delivery.
    #[must_use]
    pub fn delivery(self) -> &'a Delivery {
        self.delivery
    }

    /// What the adapter gave with [`Incoming::extension`](crate::Incoming::extension),
    /// or put into the extensions of an `http::Request`, if it did.
    #[must_use]
    pub fn extension<T: Send + Sync + 'static>(self) -> Option<&'a T> {
        self.delivery.extension()
    }

    /// What was given to [`state`](crate::DispatcherBuilder::state), if it was.
    #[must_use]
    pub fn state<T: 'static>(self) -> Option<&'a T> {
        self.states.get()
    }
}

impl fmt::Debug for HandlerContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerContext")
            .field("delivery", &self.delivery)
            .finish_non_exhaustive()
    }
}

/// What an argument needs. See [`FromDelivery::requirements`].
#[derive(Debug, Default)]
pub struct Requirements {
    pub(crate) states: Vec<(TypeId, &'static str)>,
    /// The events whose payloads are taken, and how their bodies are parsed.
    pub(crate) payloads: Vec<(&'static str, BodyParser)>,
}

impl Requirements {
    /// A value of this type was given to
    /// [`state`](crate::DispatcherBuilder::state).
    pub fn state<T: 'static>(&mut self) {
        self.states.push((TypeId::of::<T>(), type_name::<T>()));
    }
}
