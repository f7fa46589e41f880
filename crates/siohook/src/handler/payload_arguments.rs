//! Payloads of the catalogue as arguments of handlers.

use siohook_events::{Mechanism, account, automation, unified};

use super::argument::{FromDelivery, HandlerContext, Requirements};
use super::markers::SeveralEvents;
use super::payload::Payload;
use super::payload_parser::{parse_account, parse_automation};
use crate::delivery::Mismatch;
use crate::verify::BodyParser;

/// Marker for events whose deliveries carry the payload `P`. Not public API.
pub trait HasPayload<P> {}

impl<P> HasPayload<P> for SeveralEvents<P> {}

macro_rules! payloads {
    ($($mechanism:ident $payload:ident $name:literal [$($unified:ident)?] $rest:tt)*) => {$(
        impl Payload for $mechanism::$payload {
            const EVENT: &'static str = $name;
            const PARSER: BodyParser = payloads!(@parser $mechanism);
        }

        impl HasPayload<Self> for $mechanism::$payload {}

        $(impl HasPayload<unified::$unified> for $mechanism::$payload {})?

        #[diagnostic::do_not_recommend]
        impl<'a, E: HasPayload<Self>> FromDelivery<'a, E> for $mechanism::$payload {
            fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
                context.payload()
            }

            fn requirements(requirements: &mut Requirements) {
                requirements.payload::<Self>();
            }
        }
    )*};
    (@parser automation) => { parse_automation::<Self> };
    (@parser account) => { parse_account::<Self> };
}
siohook_events::__for_each_event!(payloads);

/// A unified type is parsed as the payload of the mechanism that sent it, so that it
/// shares the parse with handlers that take that payload.
macro_rules! unified {
    ($($unified:ident = $automation:ident | $account:ident;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<'a, E: HasPayload<Self>> FromDelivery<'a, E> for unified::$unified {
            fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
                Ok(match context.delivery().mechanism() {
                    Mechanism::Automation => context.payload::<automation::$automation>()?.into(),
                    _ => context.payload::<account::$account>()?.into(),
                })
            }

            fn requirements(requirements: &mut Requirements) {
                requirements.payload::<automation::$automation>();
                requirements.payload::<account::$account>();
            }
        }
    )*

        #[cfg(test)]
        const UNIFIED: &[[&str; 3]] = &[$([
            stringify!($unified),
            stringify!($automation),
            stringify!($account),
        ]),*];
    };
}
unified! {
    TagAdded = TagAdded | ContactTagAdded;
    TagRemoved = TagRemoved | ContactTagRemoved;
    OptIn = OptInCompleted | ContactOptIn;
    Sale = SaleCompleted | SaleNew;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use siohook_events::events;

    use super::*;

    #[test]
    fn the_unified_types_are_those_of_the_catalogue() {
        let mut catalogue: BTreeMap<&str, [Option<&str>; 2]> = BTreeMap::new();
        for event in events() {
            if let Some(unified) = event.unified() {
                let pair = catalogue.entry(unified).or_default();
                let before = pair[event.mechanism() as usize].replace(event.payload());
                assert_eq!(before, None, "{unified}");
            }
        }
        let listed: BTreeMap<&str, [Option<&str>; 2]> = UNIFIED
            .iter()
            .map(|[unified, automation, account]| (*unified, [Some(*automation), Some(*account)]))
            .collect();
        assert_eq!(listed, catalogue);
    }
}
