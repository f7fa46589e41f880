use std::fmt;
use std::hash::{Hash, Hasher};

use sha2::{Digest, Sha256};
use siohook_events::{EventName, Mechanism, Shown, Timestamp};

use super::{Delivery, TrustedBy};
use crate::request::query;

/// Identity of a delivery, the same on every attempt.
///
/// It consists of the mechanism, the event, the message id if there is one, and the SHA-256 of
/// the body. An automation has no message id, and two of them may send the same body in the same
/// second. So its key includes the parameters of its URL without the token, and the label of the
/// token.
///
/// No secret is a part of it: a retry that is signed with the next secret has the same key, and
/// so has a [restored](crate::Dispatcher::restore) delivery. The key of a
/// [reserialised](crate::DispatcherBuilder::accept_reserialized_bodies) body is that of the body
/// that was signed.
///
/// A program can use it as the key of a map, and [`stored`](Self::stored) as the key of a table:
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
/// fingerprint of the whole key: the bytes 6 to 21 of [`stored`](Self::stored) as hex.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct DeliveryKey {
    mechanism: Mechanism,
    event: EventName,
    message_id: Option<Box<str>>,
    /// The label of an automation's token.
    label: Option<Box<str>>,
    /// The parameters of an automation's URL, without the token.
    parameters: Box<str>,
    /// The SHA-256 of the body, or of the one that was signed.
    digest: [u8; 32],
    /// Milliseconds since 1970, from the message id or the body.
    millis: u64,
}

impl DeliveryKey {
    pub(super) fn of(delivery: &Delivery) -> Self {
        let parts = delivery.parts();
        let (label, parameters) = url(delivery);
        Self {
            mechanism: parts.mechanism,
            event: parts.event.clone(),
            message_id: delivery.message_id().map(Box::from),
            label: label.map(Box::from),
            parameters: parameters.into(),
            digest: match &parts.digest_as_signed {
                Some(digest) => **digest,
                None => Sha256::digest(&parts.body).into(),
            },
            millis: millis(delivery).unwrap_or_default(),
        }
    }

    /// Returns the key for a table: 38 bytes, which never change between versions of siohook.
    ///
    /// ```
    /// # use std::collections::BTreeMap;
    /// use siohook::Delivery;
    ///
    /// fn is_new(table: &mut BTreeMap<[u8; 38], Delivery>, delivery: &Delivery) -> bool {
    ///     table.insert(delivery.key().stored(), delivery.clone()).is_none()
    /// }
    /// ```
    ///
    /// | bytes | content |
    /// |---|---|
    /// | 0 to 5 | milliseconds since 1970 as a big-endian number: of the message id if it is a UUID of version 7, else of an automation's `created_at`, else 0 |
    /// | 6 to 37 | SHA-256 of the parts of the key |
    ///
    /// The parts are, in this order: mechanism (`automation` or `account`), event, message id,
    /// label of the token, parameters of the URL without the token, SHA-256 of the body. A part
    /// is the byte 1, its length in bytes as a big-endian number of 8 bytes, and its bytes. An
    /// absent part is the byte 0. The label and the parameters of an account webhook are absent,
    /// and so are parameters that are empty.
    ///
    /// The time in front keeps the index of a table in the order of arrival. The sender chooses
    /// it, so it says nothing about when a delivery arrived.
    #[must_use]
    pub fn stored(&self) -> [u8; 38] {
        let mut stored = [0; 38];
        stored[..6].copy_from_slice(&self.millis.to_be_bytes()[2..]);
        stored[6..].copy_from_slice(&self.hash_of_parts());
        stored
    }

    fn hash_of_parts(&self) -> [u8; 32] {
        let parts = [
            Some(self.mechanism.as_str().as_bytes()),
            Some(self.event.as_str().as_bytes()),
            self.message_id.as_deref().map(str::as_bytes),
            self.label.as_deref().map(str::as_bytes),
            Some(self.parameters.as_bytes()).filter(|it| !it.is_empty()),
            Some(&self.digest[..]),
        ];
        let mut hash = Sha256::new();
        for part in parts {
            hash.update([u8::from(part.is_some())]);
            if let Some(part) = part {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part);
            }
        }
        hash.finalize().into()
    }
}

/// The time that a delivery itself has, the same on every attempt.
fn millis(delivery: &Delivery) -> Option<u64> {
    let of_id = delivery.message_id().and_then(millis_of_uuid);
    of_id.or_else(|| delivery.envelope()?.created_at.map(millis_of_time))
}

/// The time in a UUID of version 7, which is its first 48 bits.
fn millis_of_uuid(text: &str) -> Option<u64> {
    if text.len() != 36 {
        return None;
    }
    let groups: Vec<&str> = text.split('-').collect();
    let [high, low, version, variant, node] = groups[..] else {
        return None;
    };
    let is_hex = |(group, digits): (&str, usize)| {
        group.len() == digits && group.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let all = [(high, 8), (low, 4), (version, 4), (variant, 4), (node, 12)];
    let is_version_7 =
        version.starts_with('7') && variant.starts_with(['8', '9', 'a', 'b', 'A', 'B']);
    if !is_version_7 || !all.into_iter().all(is_hex) {
        return None;
    }
    u64::from_str_radix(&format!("{high}{low}"), 16).ok()
}

fn millis_of_time(time: Timestamp) -> u64 {
    let seconds = u64::try_from(time.unix_seconds()).unwrap_or_default();
    seconds * 1000 + u64::from(time.subsec_nanos() / 1_000_000)
}

/// The parts of an automation's URL that distinguish it from another automation: the label of
/// the token and the other parameters. Most URLs have neither, and an account webhook needs
/// none, because it has message ids.
fn url(delivery: &Delivery) -> (Option<&str>, String) {
    let parts = delivery.parts();
    if parts.mechanism == Mechanism::Account {
        return (None, String::new());
    }
    let label = match &parts.trusted_by {
        TrustedBy::Token(label) => label.as_deref(),
        _ => None,
    };
    (label, query::without_token(&parts.query))
}

/// Hashes everything that the key of a delivery depends on, without computing the digest
/// of the body: the signature stands for a signed body. Use it with a hasher that has a secret
/// key.
pub(crate) struct Identity<'a>(pub(crate) &'a Delivery);

impl Hash for Identity<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self(delivery) = self;
        let event = delivery.event().as_str().as_bytes();
        let id = delivery.message_id().map(str::as_bytes);
        let (label, parameters) = url(delivery);
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
        if label.is_some() || !parameters.is_empty() {
            // No body starts with a zero byte, because it is JSON.
            state.write(&[0]);
            state.write_usize(label.map_or(0, |label| label.len() + 1));
            state.write(label.unwrap_or_default().as_bytes());
            state.write_usize(parameters.len());
            state.write(parameters.as_bytes());
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
        self.hash_of_parts()[..16]
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for DeliveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeliveryKey({self})")
    }
}
