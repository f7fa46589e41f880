//! The payload of one delivery, parsed once for all handlers that take it.

use std::sync::{Mutex, PoisonError};

use serde::de::DeserializeOwned;

use super::argument::{HandlerContext, Requirements};
use crate::delivery::{Delivery, Mismatch};
use crate::sync::lock;
use crate::verify::BodyParser;

/// A payload type of the catalogue.
pub(crate) trait Payload: DeserializeOwned + Clone + Send + Sync + 'static {
    const EVENT: &'static str;
    const PARSER: BodyParser;
}

/// Holds the payload of a delivery for the handlers that take it.
pub(crate) struct PayloadCell<P>(Mutex<Option<P>>);

impl<P> Default for PayloadCell<P> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<P: Payload> PayloadCell<P> {
    /// Stores the parsed payload. Returns `false` without one.
    pub(super) fn fill(&mut self, parsed: Option<P>) -> bool {
        let payload = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        *payload = parsed;
        payload.is_some()
    }

    /// Parses a payload without the members that failed, and stores it.
    #[cold]
    pub(super) fn salvage(delivery: &Delivery) {
        if let Some(cell) = delivery.payload::<Self>() {
            *lock(&cell.0) = delivery.salvage().ok();
        }
    }

    /// Takes the payload out, for the only handler that needs it.
    fn take(&self, delivery: &Delivery) -> Result<P, Mismatch> {
        match lock(&self.0).take() {
            Some(payload) => Ok(payload),
            None => delivery.parse_payload(),
        }
    }

    /// Clones the payload, so that other handlers can have it.
    fn share(&self, delivery: &Delivery) -> Result<P, Mismatch> {
        match &*lock(&self.0) {
            Some(payload) => Ok(payload.clone()),
            None => delivery.parse_payload(),
        }
    }
}

impl HandlerContext<'_> {
    /// Returns the payload as this type. Parses it if no parse is stored.
    pub(super) fn payload<P: Payload>(self) -> Result<P, Mismatch> {
        match self.delivery().payload::<PayloadCell<P>>() {
            Some(cell) if self.shares_payload => cell.share(self.delivery()),
            Some(cell) => cell.take(self.delivery()),
            None => self.delivery().parse_payload(),
        }
    }
}

impl Requirements {
    /// Requires the payload of this type.
    pub(super) fn payload<P: Payload>(&mut self) {
        self.payloads.push((P::EVENT, P::PARSER));
    }
}
