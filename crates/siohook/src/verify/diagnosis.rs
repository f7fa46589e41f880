//! Why a signature fits none of the secrets, for the operator's log.

use siohook_events::php_json;

use super::signature::{Secret, Signature};

/// Larger bodies are not diagnosed, so that a forged one never costs more than
/// hashing a large one does.
const DIAGNOSED_BYTES: usize = 32 * 1024;

const UNKNOWN: &str = "signature is of another secret, or the body was changed on the way";

/// Names the likely cause.
pub(super) fn wrong_signature(secrets: &[Secret], body: &[u8], signature: &Signature) -> String {
    if body.len() > DIAGNOSED_BYTES {
        return UNKNOWN.to_owned();
    }
    for secret in secrets {
        if let Some(why) = secret.near_miss(body, signature) {
            return format!("secret {:?} {why}", secret.label());
        }
    }
    let normalized = php_json::normalize(body);
    if normalized.is_some_and(|body| secrets.iter().any(|it| it.signed(&body, signature))) {
        return "the body matches once normalised: something between systeme.io and this server \
                rewrites JSON; stop it, or see `accept_reserialized_bodies`"
            .to_owned();
    }
    UNKNOWN.to_owned()
}
