use std::fmt;
use std::hash::{Hash, Hasher};

use sha2::{Digest, Sha256};
use siohook_events::{EventName, Mechanism, Shown};

use super::{Delivery, TrustedBy};
use crate::request::query;

/// Identity of a delivery, the same on every attempt.
///
/// It consists of the mechanism, the event, the message id if there is one, and a 256-bit
/// digest of the body (the signature, if it is signed). An automation has no message id, and two
/// of them may send the same body in the same second. So its digest includes the parameters of
/// its URL without the token, and the label of the token.
///
/// The redelivery memory finds earlier attempts by the key, and a program can use it as the key
/// of a map:
///
/// ```standalone_crate
/// # let dispatcher = siohook::Dispatcher::builder().accept_unverified().allow_no_handlers().build()?;
/// use siohook::Incoming;
///
/// let verify = |body: &'static str| dispatcher.verify(Incoming::post(body));
/// let first = verify(r#"{"type": "ping", "data": {"id": 1}}"#)?;
/// let retry = verify(r#"{"type": "ping", "data": {"id": 1}}"#)?;
/// let other = verify(r#"{"type": "ping", "data": {"id": 2}}"#)?;
/// assert_eq!(first.key(), retry.key());
/// assert_ne!(first.key(), other.key());
/// println!("{}", first.key()); // automation:0d5f…
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// `Display` and `Debug` show the mechanism, at most 200 bytes of the message id, and a
/// fingerprint of the whole key. The digest itself is not shown, because that of a signed
/// delivery is its signature.
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
            None => digest(&url(delivery), delivery.body()),
        };
        Self {
            mechanism: delivery.mechanism(),
            event: delivery.event().clone(),
            message_id: delivery.message_id().map(Box::from),
            digest,
        }
    }
}

/// The parts of an automation's URL that distinguish it from another automation: the label of
/// the token and the other parameters. Most URLs have neither, and an account webhook needs
/// none, because it has message ids.
fn url(delivery: &Delivery) -> String {
    let parts = delivery.parts();
    if parts.mechanism == Mechanism::Account {
        return String::new();
    }
    let parameters = query::without_token(&parts.query);
    match &parts.trusted_by {
        TrustedBy::Token(Some(label)) => format!("{}:{label}{parameters}", label.len()),
        _ => parameters,
    }
}

/// The digest of an unsigned body, and of the URL if it distinguishes the automation.
fn digest(url: &str, body: &[u8]) -> [u8; 32] {
    let mut digest = Sha256::new();
    if !url.is_empty() {
        // No body starts with a zero byte, because it is JSON.
        digest.update([0]);
        digest.update((url.len() as u64).to_le_bytes());
        digest.update(url);
    }
    digest.chain_update(body).finalize().into()
}

/// Hashes everything that the key of a delivery depends on, without computing the digest
/// of the body. Use it with a hasher that has a secret key.
pub(crate) struct Identity<'a>(pub(crate) &'a Delivery);

impl Hash for Identity<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self(delivery) = self;
        let event = delivery.event().as_str().as_bytes();
        let id = delivery.message_id().map(str::as_bytes);
        let url = url(delivery);
        let (is_signed, content) = match &delivery.parts().mac {
            Some(mac) => (true, &mac[..]),
            None => (false, &delivery.body()[..]),
        };
        // One word holds the lengths, so that parts of other lengths never hash alike.
        let kind =
            u64::from(delivery.mechanism() == Mechanism::Account) << 1 | u64::from(is_signed);
        let lengths = (event.len() as u64) << 31 | id.map_or(0, |id| id.len() as u64 + 1);
        state.write_u64(kind << 62 | lengths);
        state.write(event);
        state.write(id.unwrap_or_default());
        if !url.is_empty() {
            state.write(&[0]);
            state.write_usize(url.len());
            state.write(url.as_bytes());
        }
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
