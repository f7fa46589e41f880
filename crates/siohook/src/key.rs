use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use siohook_events::Mechanism;

/// What tells a delivery from others and is the same on every attempt: its
/// mechanism, its message id if it has one, and a 256-bit digest of its body.
///
/// Of a signed delivery the digest is the signature itself, so `Display` and
/// `Debug` show a fingerprint of it: as good to tell deliveries apart, and of no
/// use to somebody who reads the log.
#[derive(Clone, PartialEq, Eq)]
pub struct DeliveryKey {
    mechanism: Mechanism,
    message_id: Option<Arc<str>>,
    digest: [u8; 32],
}

impl DeliveryKey {
    pub(crate) fn new(
        mechanism: Mechanism,
        message_id: Option<Arc<str>>,
        digest: [u8; 32],
    ) -> Self {
        Self {
            mechanism,
            message_id,
            digest,
        }
    }

    pub(crate) fn message_id(&self) -> Option<&str> {
        self.message_id.as_deref()
    }
}

impl Hash for DeliveryKey {
    /// A quarter of the digest tells keys apart that one message id does not.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.message_id.hash(state);
        state.write(&self.digest[..8]);
    }
}

impl fmt::Display for DeliveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.mechanism)?;
        if let Some(id) = &self.message_id {
            write!(f, "{}:", id.escape_default())?;
        }
        let fingerprint = Sha256::digest(self.digest);
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
