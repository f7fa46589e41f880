//! Payloads of the catalogue as arguments.

use std::any::Any;
use std::sync::Mutex;

use serde::de::DeserializeOwned;
use siohook_events::{Mechanism, account, automation, unified};

use crate::argument::{Context, FromDelivery, Requirements, SeveralEvents};
use crate::delivery::Delivery;
use crate::mismatch::Mismatch;

/// A payload type of the catalogue.
pub(crate) trait Payload: DeserializeOwned + Clone + Send + 'static {}

/// The payloads of one delivery that several handlers take.
#[derive(Default)]
pub(crate) struct Parsed(Mutex<Vec<Box<dyn Any + Send>>>);

impl Parsed {
    pub(crate) fn get<T: Payload>(&self, delivery: &Delivery) -> Result<T, Mismatch> {
        let mut parsed = crate::lock(&self.0);
        if let Some(known) = parsed
            .iter()
            .find_map(|any| any.downcast_ref::<Result<T, _>>())
        {
            return Result::clone(known);
        }
        let payload = delivery.parse::<T>();
        parsed.push(Box::new(payload.clone()));
        payload
    }
}

/// That deliveries of this event carry the payload `P`. Not public API.
pub trait Carries<P> {}

impl<P> Carries<P> for SeveralEvents<P> {}

macro_rules! payloads {
    ($($mechanism:ident $name:literal $payload:ident [$($unified:ident)?] ($($member:ident)*) $summary:literal;)*) => {$(
        impl Payload for $mechanism::$payload {}

        impl Carries<Self> for $mechanism::$payload {}

        $(impl Carries<unified::$unified> for $mechanism::$payload {})?

        #[diagnostic::do_not_recommend]
        impl<'a, E: Carries<Self>> FromDelivery<'a, E> for $mechanism::$payload {
            fn from_delivery(context: Context<'a>) -> Result<Self, Mismatch> {
                context.payload()
            }

            fn requirements(requirements: &mut Requirements) {
                requirements.payload::<Self>();
            }
        }
    )*};
}
siohook_events::__for_each_event!(payloads);

/// Each unified type is read as the payload of the mechanism that sent it, so
/// that it shares the parse with handlers that take that payload.
macro_rules! unified {
    ($($unified:ident = $automation:ident | $account:ident;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<'a, E: Carries<Self>> FromDelivery<'a, E> for unified::$unified {
            fn from_delivery(context: Context<'a>) -> Result<Self, Mismatch> {
                Ok(match context.delivery().mechanism() {
                    Mechanism::Automation => context.payload::<automation::$automation>()?.into(),
                    Mechanism::Account => context.payload::<account::$account>()?.into(),
                })
            }

            fn requirements(requirements: &mut Requirements) {
                requirements.payload::<automation::$automation>();
                requirements.payload::<account::$account>();
            }
        }
    )*};
}
unified! {
    TagAdded = TagAdded | ContactTagAdded;
    TagRemoved = TagRemoved | ContactTagRemoved;
    OptIn = OptInCompleted | ContactOptIn;
    Sale = SaleCompleted | SaleNew;
}
