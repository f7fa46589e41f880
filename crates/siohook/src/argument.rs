//! What a handler may take.

use std::any::{TypeId, type_name};
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use siohook_events::unified;

use crate::delivery::Delivery;
use crate::mismatch::Mismatch;
use crate::payload::Payload;
use crate::state::States;
use crate::verify::read::Reader;

/// What a handler of the event `E` may take as an argument.
///
/// `E` is the payload type of the event that the handler listens to, or
/// [`SeveralEvents`], [`AnyEvent`] or [`UnlistedEvent`].
///
/// | argument | gives |
/// |---|---|
/// | a payload of [`automation`](crate::automation) or [`account`](crate::account) | the event's own type |
/// | a payload of [`unified`] | one shape for two names that mean the same |
/// | [`Data<T>`] | your own type |
/// | [`unified::Contact`], `Option<unified::Contact>` | whom the event is about |
/// | [`State<T>`] | what was given to [`state`](crate::DispatcherBuilder::state) |
/// | `&Delivery`, [`Delivery`] | the verified delivery |
///
/// Implement it for types of your own, generic over `E` if they fit every
/// event:
///
/// ```
/// use siohook::{Context, FromDelivery, Mismatch, account, on_event};
///
/// /// How many attempts came before, as far as the message id tells.
/// struct MessageId(String);
///
/// impl<'a, E> FromDelivery<'a, E> for MessageId {
///     fn from_delivery(context: Context<'a>) -> Result<Self, Mismatch> {
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
    message = "`{Self}` is not an argument for a handler of `{E}`",
    label = "does not fit the event",
    note = "a handler takes the event's own payload, its `unified` form, `Data<T>` with `T: Deserialize`, `unified::Contact`, `State<T>` with `T: Clone + Send + Sync + 'static`, `&Delivery` or `Delivery`"
)]
pub trait FromDelivery<'a, E>: Sized {
    /// Takes the argument from a delivery.
    ///
    /// # Errors
    ///
    /// The delivery does not have what the type needs. The handler is not
    /// called, and the sender gets 422.
    fn from_delivery(context: Context<'a>) -> Result<Self, Mismatch>;

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
pub struct Context<'a> {
    delivery: &'a Delivery,
    states: &'a States,
    /// Whether the payload is taken more than once.
    shares_payload: bool,
}

impl<'a> Context<'a> {
    pub(crate) fn new(delivery: &'a Delivery, states: &'a States, shares_payload: bool) -> Self {
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

    /// What was given to [`state`](crate::DispatcherBuilder::state), if it was.
    #[must_use]
    pub fn state<T: 'static>(self) -> Option<&'a T> {
        self.states.get()
    }

    /// A payload type, parsed once for all handlers of a delivery.
    pub(crate) fn payload<T: Payload>(self) -> Result<T, Mismatch> {
        match self.delivery.stash::<T>() {
            Some(stash) if self.shares_payload => stash.share(self.delivery),
            Some(stash) => stash.take(self.delivery),
            None => self.delivery.parse(),
        }
    }
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("delivery", &self.delivery)
            .finish_non_exhaustive()
    }
}

/// What an argument needs. See [`FromDelivery::requirements`].
#[derive(Debug, Default)]
pub struct Requirements {
    pub(crate) states: Vec<(TypeId, &'static str)>,
    /// The events whose payloads are taken, and how they are read.
    pub(crate) payloads: Vec<(&'static str, Reader)>,
}

impl Requirements {
    /// A value of this type was given to
    /// [`state`](crate::DispatcherBuilder::state).
    pub fn state<T: 'static>(&mut self) {
        self.states.push((TypeId::of::<T>(), type_name::<T>()));
    }

    pub(crate) fn payload<T: Payload>(&mut self) {
        self.payloads.push((T::EVENT, T::READER));
    }
}

/// What a handler of `"*"` listens to.
#[derive(Debug)]
pub enum AnyEvent {}

/// What a handler of `unlisted("…")` listens to.
#[derive(Debug)]
pub enum UnlistedEvent {}

/// What a handler of several names or of a pattern listens to. `P` is the
/// [`unified`] type that all of them can be read as, or [`NoPayload`].
#[derive(Debug)]
pub struct SeveralEvents<P>(PhantomData<P>);

/// That events have no payload type in common.
#[derive(Debug)]
pub enum NoPayload {}

#[diagnostic::do_not_recommend]
impl<'a, E> FromDelivery<'a, E> for unified::Contact {
    fn from_delivery(context: Context<'a>) -> Result<Self, Mismatch> {
        context.delivery.contact()
    }
}

/// `None` if the event is about nobody that can be read.
#[diagnostic::do_not_recommend]
impl<'a, E> FromDelivery<'a, E> for Option<unified::Contact> {
    fn from_delivery(context: Context<'a>) -> Result<Self, Mismatch> {
        Ok(context.delivery.contact().ok())
    }
}

/// The user's own type: read from `data` of an automation event, from the whole
/// body of an account event.
///
/// It fits every event, listed or not.
///
/// ```
/// use serde::Deserialize;
/// use siohook::{Data, on_event};
///
/// #[derive(Deserialize)]
/// struct Completed {
///     course: Course,
/// }
///
/// #[derive(Deserialize)]
/// struct Course {
///     name: String,
/// }
///
/// #[on_event(unlisted("contact.course.completed"))]
/// fn congratulate(Data(completed): Data<Completed>) {
///     println!("{}", completed.course.name);
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Data<T>(
    /// The value.
    pub T,
);

#[diagnostic::do_not_recommend]
impl<'a, E, T: Deserialize<'a>> FromDelivery<'a, E> for Data<T> {
    fn from_delivery(context: Context<'a>) -> Result<Self, Mismatch> {
        context.delivery.parse().map(Self)
    }
}

/// A clone of what was given to [`state`](crate::DispatcherBuilder::state).
///
/// `T` is usually an `Arc`, or a handle that is cheap to clone: a pool of
/// connections, the sending half of a channel. A `State<T>` that was not
/// provided is an error of [`build`](crate::DispatcherBuilder::build), not of
/// the first delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State<T>(
    /// The value.
    pub T,
);

#[diagnostic::do_not_recommend]
impl<'a, E, T: Clone + Send + Sync + 'static> FromDelivery<'a, E> for State<T> {
    fn from_delivery(context: Context<'a>) -> Result<Self, Mismatch> {
        let missing = || Mismatch::new(format!("no state of type `{}`", type_name::<T>()));
        context.state().cloned().map(Self).ok_or_else(missing)
    }

    fn requirements(requirements: &mut Requirements) {
        requirements.state::<T>();
    }
}

#[diagnostic::do_not_recommend]
impl<'a, E> FromDelivery<'a, E> for &'a Delivery {
    fn from_delivery(context: Context<'a>) -> Result<Self, Mismatch> {
        Ok(context.delivery)
    }
}

#[diagnostic::do_not_recommend]
impl<'a, E> FromDelivery<'a, E> for Delivery {
    fn from_delivery(context: Context<'a>) -> Result<Self, Mismatch> {
        Ok(context.delivery.clone())
    }
}
