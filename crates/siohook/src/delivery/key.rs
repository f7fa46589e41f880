use std::fmt;
use std::hash::{Hash, Hasher};

use sha2::{Digest, Sha256};
use siohook_events::{EventName, Mechanism, Shown};

use super::Delivery;

/// What tells a delivery from others and is the same on every attempt: its
/// mechanism, its event, its message id if it has one, and a 256-bit digest of its
/// body.
///
/// The digest of a signed delivery is its signature, so `Display` and `Debug` show a
/// fingerprint of the whole key instead: it tells deliveries apart, and is of no use to a
/// reader of the log. They show at most 200 bytes of the message id.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct DeliveryKey {
    mechanism: Mechanism,
    event: EventName,
    message_id: Option<Box<str>>,
    digest: [u8; 32],
}

impl DeliveryKey {
    pub(super) fn of(delivery: &Delivery) -> Self {
        let digest = match &delivery.parts().mac {
            Some(mac) => *mac,
            None => Sha256::digest(delivery.body()).into(),
        };
        Self {
            mechanism: delivery.mechanism(),
            event: delivery.event().clone(),
            message_id: delivery.message_id().map(Box::from),
            digest,
        }
    }
}

/// Hashes all that the key of a delivery depends on. It is for hashes under a secret
/// key, where no digest of the body is needed.
pub(crate) struct Identity<'a>(pub(crate) &'a Delivery);

impl Hash for Identity<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self(delivery) = self;
        let event = delivery.event().as_str().as_bytes();
        let id = delivery.message_id().map(str::as_bytes);
        let (is_signed, content) = match &delivery.parts().mac {
            Some(mac) => (true, &mac[..]),
            None => (false, &delivery.body()[..]),
        };
        // What tells where one part ends and the next begins, in one word.
        let kind =
            u64::from(delivery.mechanism() == Mechanism::Account) << 1 | u64::from(is_signed);
        let lengths = (event.len() as u64) << 31 | id.map_or(0, |id| id.len() as u64 + 1);
        state.write_u64(kind << 62 | lengths);
        state.write(event);
        state.write(id.unwrap_or_default());
        state.write(content);
    }
}

impl fmt::Display for DeliveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.mechanism)?;
        if let Some(id) = &self.message_id {
            write!(f, "{}:", Shown::value(id))?;
        }
        let event = self.event.as_str().as_bytes();
        let id = self.message_id.as_deref().unwrap_or_default();
        let fingerprint = Sha256::new()
            .chain_update(self.digest)
            .chain_update((event.len() as u64).to_le_bytes())
            .chain_update(event)
            .chain_update(id)
            .finalize();
        fingerprint[..16]
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for DeliveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeliveryKey({self})")
    }
}
