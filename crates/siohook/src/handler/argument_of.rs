//! What handlers take that listen to anything but one event of the catalogue.
//!
//! The text of a compile error can't depend on a type parameter. So the expansion of
//! `#[on_event]` names [`FromDelivery`] for one event only, and for each other kind a trait
//! that has a text of its own.

use super::argument::{FromDelivery, HandlerContext, Requirements};
use super::markers::{AnyEvent, NoPayload, SeveralEvents, UnlistedEvent};
use crate::delivery::Mismatch;

macro_rules! argument_of {
    ($($name:ident $(<$payload:ident>)? = $events:ty {
        message: $message:literal,
        label: $label:literal,
        note: $note:literal,
    })*) => {$(
        /// Everything that is [`FromDelivery`] of these events.
        #[diagnostic::on_unimplemented(
            message = $message,
            label = $label,
            note = $note,
            note = "`State<T>` and `Extension<T>` need `T: Clone + Send + Sync + 'static`, and `Data<T>` needs `T: Deserialize`"
        )]
        #[expect(missing_docs, clippy::missing_errors_doc, reason = "not public API")]
        pub trait $name<'a $(, $payload)?>: Sized {
            fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch>;
            fn requirements(requirements: &mut Requirements);
        }

        #[diagnostic::do_not_recommend]
        impl<'a $(, $payload)?, A: FromDelivery<'a, $events>> $name<'a $(, $payload)?> for A {
            fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
                A::from_delivery(context)
            }

            fn requirements(requirements: &mut Requirements) {
                A::requirements(requirements);
            }
        }
    )*};
}
argument_of! {
    ArgumentOfSeveral = SeveralEvents<NoPayload> {
        message: "a handler of these events can't take `{Self}`",
        label: "these events have no payload in common",
        note: "take `&Delivery`, `Data<T>`, or `unified::Contact` if every event has a contact or a customer; or write one handler for each event",
    }
    ArgumentOfUnified<P> = SeveralEvents<P> {
        message: "a handler of these events can't take `{Self}`",
        label: "the payload that these events have in common is `{P}`",
        note: "take `{P}`, `&Delivery`, `Data<T>` or `unified::Contact`; or write one handler for each event",
    }
    ArgumentOfAny = AnyEvent {
        message: "a handler of `\"*\"` can't take `{Self}`",
        label: "the events have no payload in common",
        note: "take `&Delivery`, `Data<T>` or `Option<unified::Contact>`; or name the event instead of `\"*\"`",
    }
    ArgumentOfUnlisted = UnlistedEvent {
        message: "a handler of an unlisted event can't take `{Self}`",
        label: "the catalogue has no payload type for an unlisted event",
        note: "take `&Delivery`, `Data<T>`, or `unified::Contact` if the event has a contact or a customer",
    }
}
