//! Markers for handlers that do not listen to one event of the catalogue.

use std::marker::PhantomData;

/// Marker for the events of a handler of `"*"`.
///
/// An argument that implements [`FromDelivery`](crate::FromDelivery) for it fits handlers of
/// `"*"` only:
///
/// ```
/// use siohook::event::AnyEvent;
/// use siohook::{FromDelivery, HandlerContext, Mismatch, on_event};
///
/// /// The number of bytes of the body.
/// struct Size(usize);
///
/// impl<'a> FromDelivery<'a, AnyEvent> for Size {
///     fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
///         Ok(Self(context.delivery().body().len()))
///     }
/// }
///
/// #[on_event("*")]
/// fn audit(Size(bytes): Size) {
///     println!("{bytes} bytes");
/// }
/// ```
#[derive(Debug)]
pub enum AnyEvent {}

/// Marker for the event of a handler of `unlisted("…")`.
///
/// ```
/// use siohook::event::UnlistedEvent;
/// use siohook::{FromDelivery, HandlerContext, Mismatch, on_event};
///
/// struct Course(String);
///
/// impl<'a> FromDelivery<'a, UnlistedEvent> for Course {
///     fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
///         context.delivery().data().map(Self)
///     }
/// }
///
/// #[on_event(unlisted("contact.course.completed"))]
/// fn congratulate(Course(name): Course) {
///     println!("{name}");
/// }
/// ```
#[derive(Debug)]
pub enum UnlistedEvent {}

/// Marker for the events of a handler of several names or of a pattern. `P` is the
/// [`unified`](crate::unified) type that they share, or [`NoPayload`].
///
/// ```
/// use siohook::event::SeveralEvents;
/// use siohook::{FromDelivery, HandlerContext, Mismatch, on_event, unified};
///
/// /// The name of a tag that was added.
/// struct TagName(String);
///
/// impl<'a> FromDelivery<'a, SeveralEvents<unified::TagAdded>> for TagName {
///     fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
///         type Events = SeveralEvents<unified::TagAdded>;
///         let event = <unified::TagAdded as FromDelivery<Events>>::from_delivery(context)?;
///         Ok(Self(event.tag.name))
///     }
/// }
///
/// #[on_event("contact.tag.added", "CONTACT_TAG_ADDED")]
/// fn tagged(TagName(name): TagName) {
///     println!("{name}");
/// }
/// ```
#[derive(Debug)]
pub struct SeveralEvents<P>(PhantomData<P>);

/// Marker for a set of events that share no payload type.
///
/// ```
/// use siohook::event::{NoPayload, SeveralEvents};
/// use siohook::{FromDelivery, HandlerContext, Mismatch, on_event};
///
/// struct IsSale(bool);
///
/// impl<'a> FromDelivery<'a, SeveralEvents<NoPayload>> for IsSale {
///     fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
///         Ok(Self(context.delivery().event().as_str() == "SALE_NEW"))
///     }
/// }
///
/// #[on_event("SALE_NEW", "CONTACT_CREATED")]
/// fn count(IsSale(is_sale): IsSale) {
///     println!("{is_sale}");
/// }
/// ```
#[derive(Debug)]
pub enum NoPayload {}
