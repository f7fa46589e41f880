use std::any::TypeId;

use serde::Serialize;
use serde::de::DeserializeOwned;
use siohook_events::{account, automation};

use crate::Sample;

/// Payload type of a listed event. [`sample`] returns one.
///
/// It is sealed: other types can't implement it.
///
/// ```
/// # mod siohook { pub use siohook_events::*; pub use siohook_sender as testing; }
/// use siohook::account::SaleNew;
/// use siohook::testing::Payload;
///
/// assert_eq!(SaleNew::EVENT, "SALE_NEW");
/// ```
pub trait Payload: Serialize + DeserializeOwned + Clone + 'static + Sealed {
    /// Name of the event.
    const EVENT: &'static str;
}

pub trait Sealed {}

/// Returns the payload of an event's [`Sample`], to call a handler with it.
///
/// ```
/// # mod siohook { pub use siohook_events::*; pub use siohook_sender as testing; }
/// use siohook::account::SaleNew;
///
/// fn is_paid(sale: &SaleNew) -> bool {
///     sale.price_plan.amount.get() > 0
/// }
///
/// assert!(is_paid(&siohook::testing::sample()));
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

        /// The event of a payload type. `None` for types that are not in the catalogue.
        pub(crate) fn event_of<T: 'static>() -> Option<&'static str> {
            let all = [$((TypeId::of::<$mechanism::$payload>(), $name)),*];
            let found = all.into_iter().find(|(id, _)| *id == TypeId::of::<T>());
            found.map(|(_, name)| name)
        }
    };
}
siohook_events::__for_each_event!(define_payloads);
