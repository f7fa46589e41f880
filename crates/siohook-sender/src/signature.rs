use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Secret of samples of account webhooks.
/// [`Sample::signed_with`](crate::Sample::signed_with) sets another one.
///
/// Anyone can read it here, so never configure it on a public server.
///
/// ```
/// use siohook_sender::{SECRET, Sample, headers, sign};
///
/// let sale = Sample::of("SALE_NEW");
/// let signature = (headers::SIGNATURE.to_owned(), sign(SECRET, sale.body()));
/// assert!(sale.headers().contains(&signature));
/// ```
pub const SECRET: &str = "correct horse battery staple";

/// Token of samples of automations. [`Sample::token`](crate::Sample::token) sets another one.
///
/// Anyone can read it here, so never configure it on a public server.
///
/// ```
/// # mod siohook { pub use siohook_sender as testing; }
/// use siohook::testing::{Sample, TOKEN};
///
/// assert_eq!(Sample::of("contact.tag.added").query(), format!("token={TOKEN}"));
/// ```
pub const TOKEN: &str = "b7e1f3c9";

/// Returns the signature that systeme.io sends as `X-Webhook-Signature`: the HMAC-SHA256 of
/// the body, as 64 hex digits in lower case.
///
/// ```
/// # mod siohook { pub use siohook_sender as testing; }
/// // printf {} | openssl dgst -sha256 -hmac 'correct horse battery staple'
/// assert_eq!(
///     siohook::testing::sign("correct horse battery staple", "{}"),
///     "ea0a7029e49045b7f35eb49cfd742be15bbc7cb767208ecfe1fab26bda5cdbe8",
/// );
/// ```
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "HMAC takes a key of any length")]
pub fn sign(secret: &str, body: impl AsRef<[u8]>) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
    let mac = mac.expect("HMAC takes a key of any length");
    hex::encode(mac.chain_update(body).finalize().into_bytes())
}
