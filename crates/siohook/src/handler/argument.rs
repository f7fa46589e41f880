//! The arguments of handlers.

use std::any::{TypeId, type_name};
use std::fmt;

use crate::delivery::{Delivery, Mismatch};
use crate::request::TypeMap;
use crate::verify::BodyParser;

/// A type that a handler of the event `E` can take as an argument.
///
/// `E` is the payload type of the event that the handler listens to, or one of the markers
/// [`SeveralEvents`](crate::event::SeveralEvents), [`AnyEvent`](crate::event::AnyEvent) and
/// [`UnlistedEvent`](crate::event::UnlistedEvent).
///
/// | argument | gives |
/// |---|---|
/// | a payload of [`automation`](crate::automation) or [`account`](crate::account) | the event's own type |
/// | a payload of [`unified`](crate::unified) | one shape for two names that mean the same |
/// | [`Data<T>`](crate::Data) | your own type |
/// | [`unified::Contact`](crate::unified::Contact), `Option<unified::Contact>` | the contact that the event is about |
/// | [`State<T>`](crate::State) | the value of [`state`](crate::DispatcherBuilder::state) |
/// | [`Extension<T>`](crate::Extension) | a value that the adapter put into the request |
/// | `&Delivery`, [`Delivery`] | the verified delivery |
///
/// Implement it for your own types. An implementation that is generic over `E` fits every
/// event:
///
/// ```
/// use siohook::{FromDelivery, HandlerContext, Mismatch, account, on_event};
///
/// /// The message id, which all attempts of a delivery share.
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
    /// ```
    /// use siohook::{FromDelivery, HandlerContext, Mismatch, Trust};
    ///
    /// /// The label of the token in the URL.
    /// struct Tenant(String);
    ///
    /// impl<'a, E> FromDelivery<'a, E> for Tenant {
    ///     fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
    ///         match context.delivery().trust() {
    ///             Trust::Token { label: Some(label) } => Ok(Self(label.to_owned())),
    ///             _ => Err(Mismatch::new("no labelled token")),
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns why the delivery does not have what the type needs. The handler is then not
    /// called, and the sender gets 422.
    fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch>;

    /// Lists the states that the argument needs, so that
    /// [`build`](crate::DispatcherBuilder::build) reports those that are missing, and says
    /// whether it needs an extension of the request. The default lists nothing.
    ///
    /// A type that takes other arguments calls their `requirements`:
    ///
    /// ```
    /// use siohook::{FromDelivery, HandlerContext, Mismatch, Requirements, State, unified};
    ///
    /// # #[derive(Clone)]
    /// # struct Database;
    /// struct Customer {
    ///     contact: unified::Contact,
    ///     database: Database,
    /// }
    ///
    /// impl<'a, E> FromDelivery<'a, E> for Customer {
    ///     fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
    ///         let contact = FromDelivery::<E>::from_delivery(context)?;
    ///         let State(database) = FromDelivery::<E>::from_delivery(context)?;
    ///         Ok(Self { contact, database })
    ///     }
    ///
    ///     fn requirements(requirements: &mut Requirements) {
    ///         <State<Database> as FromDelivery<E>>::requirements(requirements);
    ///     }
    /// }
    /// ```
    fn requirements(requirements: &mut Requirements) {
        let _ = requirements;
    }
}

/// A delivery and the state of its dispatcher, from which an argument is taken. It is cheap
/// to copy.
///
/// ```
/// use siohook::HandlerContext;
///
/// fn describe(context: HandlerContext<'_>) -> String {
///     format!("{} by {:?}", context.delivery().event(), context.delivery().trust())
/// }
/// ```
#[derive(Clone, Copy)]
pub struct HandlerContext<'a> {
    delivery: &'a Delivery,
    states: &'a TypeMap,
    /// The value of this run. A reference to a map is half as long as one to a `dyn Any`, and
    /// contexts are copied for each argument.
    run_value: Option<&'a TypeMap>,
    handler_id: &'static str,
    /// Whether several handlers take the payload.
    pub(super) shares_payload: bool,
}

impl<'a> HandlerContext<'a> {
    pub(crate) fn new(delivery: &'a Delivery, states: &'a TypeMap, shares_payload: bool) -> Self {
        Self {
            delivery,
            states,
            run_value: None,
            handler_id: "",
            shares_payload,
        }
    }

    pub(crate) fn of_handler(self, handler_id: &'static str) -> Self {
        Self { handler_id, ..self }
    }

    pub(crate) fn with_run_value(self, value: &'a TypeMap) -> Self {
        Self {
            run_value: Some(value),
            ..self
        }
    }

    /// Returns the verified delivery.
    ///
    /// ```
    /// # fn f(context: siohook::HandlerContext<'_>) {
    /// println!("{} bytes", context.delivery().body().len());
    /// # }
    /// ```
    #[must_use]
    pub fn delivery(self) -> &'a Delivery {
        self.delivery
    }

    /// Returns the [id](crate::HandlerInfo::id) of the handler that is called.
    ///
    /// ```
    /// # fn f(context: siohook::HandlerContext<'_>) {
    /// println!("{} for {}", context.handler_id(), context.delivery().key());
    /// # }
    /// ```
    #[must_use]
    pub fn handler_id(self) -> &'static str {
        self.handler_id
    }

    /// Returns the value of this type that the adapter added with
    /// [`Incoming::extension`](crate::Incoming::extension), or that was in the extensions of
    /// the `http::Request`. Returns `None` if it is absent.
    ///
    /// ```
    /// # fn f(context: siohook::HandlerContext<'_>) {
    /// struct Tenant(u64);
    ///
    /// let tenant = context.extension::<Tenant>().map_or(0, |tenant| tenant.0);
    /// # let _ = tenant;
    /// # }
    /// ```
    #[must_use]
    pub fn extension<T: Send + Sync + 'static>(self) -> Option<&'a T> {
        self.delivery.extension()
    }

    /// Returns the value of this type that was given to
    /// [`state`](crate::DispatcherBuilder::state), or `None` without one.
    ///
    /// ```
    /// # fn f(context: siohook::HandlerContext<'_>) {
    /// struct Clock;
    ///
    /// let clock: Option<&Clock> = context.state();
    /// # let _ = clock;
    /// # }
    /// ```
    #[must_use]
    pub fn state<T: 'static>(self) -> Option<&'a T> {
        self.states.get()
    }

    /// Returns the value that [`Dispatcher::run`](crate::Dispatcher::run) was given for this
    /// call of the handler. Returns `None` if the value has another type, or if the handler was
    /// not called by `run`.
    ///
    /// ```
    /// use siohook::{FromDelivery, HandlerContext, Mismatch, on_event};
    ///
    /// /// The number of this attempt, the first of which is 1.
    /// #[derive(Clone, Copy)]
    /// struct Attempt(u32);
    ///
    /// impl<'a, E> FromDelivery<'a, E> for Attempt {
    ///     fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
    ///         Ok(context.run_value().copied().unwrap_or(Self(1)))
    ///     }
    /// }
    ///
    /// #[on_event("SALE_NEW")]
    /// fn grant(Attempt(attempt): Attempt) {
    ///     println!("attempt {attempt}");
    /// }
    /// ```
    #[must_use]
    pub fn run_value<T: 'static>(self) -> Option<&'a T> {
        self.run_value?.get()
    }
}

impl fmt::Debug for HandlerContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerContext")
            .field("delivery", &self.delivery)
            .finish_non_exhaustive()
    }
}

/// What an argument needs: see [`FromDelivery::requirements`].
///
/// ```
/// # use siohook::{FromDelivery, HandlerContext, Mismatch};
/// use siohook::Requirements;
///
/// # struct Clock;
/// # struct Now;
/// # impl<'a, E> FromDelivery<'a, E> for Now {
/// #     fn from_delivery(_: HandlerContext<'a>) -> Result<Self, Mismatch> { Ok(Self) }
/// fn requirements(requirements: &mut Requirements) {
///     requirements.state::<Clock>();
/// }
/// # }
/// ```
#[derive(Debug, Default)]
pub struct Requirements {
    pub(crate) states: Vec<(TypeId, &'static str)>,
    /// The events whose payloads are taken, with the parsers of their bodies.
    pub(crate) payloads: Vec<(&'static str, BodyParser)>,
    pub(crate) extension: bool,
}

impl Requirements {
    /// Requires a value of this type in [`state`](crate::DispatcherBuilder::state).
    ///
    /// ```
    /// # fn f(requirements: &mut siohook::Requirements) {
    /// struct Clock;
    ///
    /// requirements.state::<Clock>();
    /// # }
    /// ```
    pub fn state<T: 'static>(&mut self) {
        self.states.push((TypeId::of::<T>(), type_name::<T>()));
    }

    /// Requires an [extension](HandlerContext::extension) of the request, so that
    /// [`HandlerInfo::needs_extension`](crate::HandlerInfo::needs_extension) returns `true`.
    ///
    /// ```
    /// # fn f(requirements: &mut siohook::Requirements) {
    /// requirements.extension();
    /// # }
    /// ```
    pub fn extension(&mut self) {
        self.extension = true;
    }
}
