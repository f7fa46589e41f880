//! Payloads of the catalogue as arguments.

use std::sync::Mutex;

use serde::de::DeserializeOwned;
use siohook_events::{Mechanism, account, automation, unified};

use crate::argument::{Context, FromDelivery, Requirements, SeveralEvents};
use crate::delivery::Delivery;
use crate::mismatch::Mismatch;
use crate::verify::read::{self, Reader};

/// A payload type of the catalogue.
pub(crate) trait Payload: DeserializeOwned + Clone + Send + Sync + 'static {
    const EVENT: &'static str;
    const READER: Reader;
}

/// The payload of one delivery, for the handlers that take it.
pub(crate) struct Stash<P>(Mutex<Option<P>>);

impl<P> Default for Stash<P> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<P: Payload> Stash<P> {
    /// Puts what was read in its place, if it was: payloads are too long to be handed about.
    pub(crate) fn fill(&self, read: impl FnOnce() -> Option<P>) -> bool {
        let mut payload = crate::lock(&self.0);
        *payload = read();
        payload.is_some()
    }

    /// Takes the payload, and leaves nothing behind.
    pub(crate) fn take(&self, delivery: &Delivery) -> Result<P, Mismatch> {
        match crate::lock(&self.0).take() {
            Some(payload) => Ok(payload),
            None => delivery.parse(),
        }
    }

    /// Copies the payload, and leaves it for others.
    pub(crate) fn share(&self, delivery: &Delivery) -> Result<P, Mismatch> {
        match &*crate::lock(&self.0) {
            Some(payload) => Ok(payload.clone()),
            None => delivery.parse(),
        }
    }
}

/// That deliveries of this event carry the payload `P`. Not public API.
pub trait Carries<P> {}

impl<P> Carries<P> for SeveralEvents<P> {}

macro_rules! payloads {
    ($($mechanism:ident $payload:ident $name:literal [$($unified:ident)?] $rest:tt)*) => {$(
        impl Payload for $mechanism::$payload {
            const EVENT: &'static str = $name;
            const READER: Reader = read::$mechanism::<Self>;
        }

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
