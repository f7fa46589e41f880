use std::any::TypeId;

use serde::Serialize;
use serde::de::DeserializeOwned;
use siohook_events::{account, automation};

use crate::Sample;

/// Payload type of an event that the catalogue lists, of which there is a [`sample`].
///
/// It can't be implemented for other types.
///
/// ```
/// use siohook_events::account::SaleNew;
/// use siohook_sender::Payload;
///
/// assert_eq!(SaleNew::EVENT, "SALE_NEW");
/// ```
pub trait Payload: Serialize + DeserializeOwned + Clone + 'static + Sealed {
    /// Name of the event that carries it.
    const EVENT: &'static str;
}

pub trait Sealed {}

/// Payload of an event's [`Sample`]: what a function that handles the event takes.
///
/// ```
/// use siohook_events::account::SaleNew;
///
/// fn is_paid(sale: &SaleNew) -> bool {
///     sale.price_plan.amount.get() > 0
/// }
///
/// assert!(is_paid(&siohook_sender::sample()));
/// ```
#[must_use]
pub fn sample<T: Payload>() -> T {
    Sample::of(T::EVENT).payload()
}

macro_rules! define_payloads {
    ($($mechanism:ident $payload:ident $name:literal [$($unified:ident)?] $rest:tt)*) => {
        $(
            impl Sealed for $mechanism::$payload {}

            impl Payload for $mechanism::$payload {
                const EVENT: &'static str = $name;
            }
        )*

        /// The event that carries the type, if it is one of the catalogue's.
        pub(crate) fn event_of<T: 'static>() -> Option<&'static str> {
            let all = [$((TypeId::of::<$mechanism::$payload>(), $name)),*];
            let found = all.into_iter().find(|(id, _)| *id == TypeId::of::<T>());
            found.map(|(_, name)| name)
        }
    };
}
siohook_events::__for_each_event!(define_payloads);
