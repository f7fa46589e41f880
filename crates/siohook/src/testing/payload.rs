use std::any::TypeId;

use serde::Serialize;
use serde::de::DeserializeOwned;
use siohook_events::{account, automation};

/// A payload type of the catalogue, which there is a [sample](super::sample) of.
///
/// It can't be implemented for other types.
pub trait Payload: Serialize + DeserializeOwned + Clone + 'static + Sealed {
    /// The name of the event that carries it.
    const EVENT: &'static str;
}

pub trait Sealed {}

macro_rules! payloads {
    ($($mechanism:ident $payload:ident $name:literal [$($unified:ident)?] $rest:tt)*) => {
        $(
            impl Sealed for $mechanism::$payload {}

            impl Payload for $mechanism::$payload {
                const EVENT: &'static str = $name;
            }
        )*

        /// The event that carries the type, if it is one of the catalogue's.
        pub(super) fn event_of<T: 'static>() -> Option<&'static str> {
            let all = [$((TypeId::of::<$mechanism::$payload>(), $name)),*];
            let found = all.into_iter().find(|(id, _)| *id == TypeId::of::<T>());
            found.map(|(_, name)| name)
        }
    };
}
siohook_events::__for_each_event!(payloads);
