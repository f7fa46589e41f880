use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use siohook_events::{EventName, Mechanism};

/// What tells a delivery from others and is the same on every attempt: its
/// mechanism, its event, its message id if it has one, and a 256-bit digest of its
/// body.
///
/// The digest of a signed delivery is its signature, so `Display` and `Debug` show a
/// fingerprint of event and digest instead: it tells deliveries apart, and is of no
/// use to a reader of the log.
#[derive(Clone, PartialEq, Eq)]
pub struct DeliveryKey {
    mechanism: Mechanism,
    event: EventName,
    message_id: Option<MessageId>,
    digest: [u8; 32],
}

impl DeliveryKey {
    pub(crate) fn new(
        mechanism: Mechanism,
        event: EventName,
        message_id: Option<&str>,
        digest: [u8; 32],
    ) -> Self {
        Self {
            mechanism,
            event,
            message_id: message_id.map(MessageId::new),
            digest,
        }
    }

    pub(crate) fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    pub(crate) fn event(&self) -> &EventName {
        &self.event
    }

    pub(crate) fn message_id(&self) -> Option<&str> {
        self.message_id.as_ref()?.as_str()
    }
}

impl Hash for DeliveryKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let event = self.event.as_str().as_bytes();
        let id = self.message_id.as_ref().map(MessageId::as_bytes);
        // What tells where one part ends and the next begins, in one word.
        let lengths = (event.len() as u64) << 32 | id.map_or(0, |id| id.len() as u64 + 1);
        state.write_u64((self.mechanism as u64) << 63 | lengths);
        state.write(event);
        state.write(id.unwrap_or_default());
        state.write(&self.digest);
    }
}

/// A message id. A UUID, which is what systeme.io sends, is kept in place.
#[derive(Clone)]
enum MessageId {
    Short { length: u8, bytes: [u8; 38] },
    Long(Arc<str>),
}

impl MessageId {
    fn new(text: &str) -> Self {
        let mut bytes = [0; 38];
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(start), Ok(length)) => {
                start.copy_from_slice(text.as_bytes());
                Self::Short { length, bytes }
            }
            _ => Self::Long(text.into()),
        }
    }

    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Short { length, bytes } => &bytes[..usize::from(*length)],
            Self::Long(text) => text.as_bytes(),
        }
    }

    fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(self.as_bytes()).ok()
    }
}

impl PartialEq for MessageId {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for MessageId {}

impl fmt::Display for DeliveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.mechanism)?;
        if let Some(id) = self.message_id() {
            write!(f, "{}:", id.escape_default())?;
        }
        let event = self.event.as_str().as_bytes();
        let fingerprint = Sha256::new()
            .chain_update(self.digest)
            .chain_update(event)
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
