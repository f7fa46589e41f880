use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use siohook_sender::Request;

/// The request in JSON. A body that is not UTF-8 is shown with replacement characters.
#[expect(clippy::ref_option, reason = "serde gives the field")]
pub(super) fn serialize<S: Serializer>(
    request: &Option<Request>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Shown<'a> {
        method: &'static str,
        url: String,
        headers: &'a [(String, String)],
        body: &'a str,
        sha256: String,
    }
    let Some(request) = request else {
        return serializer.serialize_none();
    };
    Shown {
        method: request.method(),
        url: request.url(),
        headers: request.headers(),
        body: &String::from_utf8_lossy(request.body()),
        sha256: hex::encode(Sha256::digest(request.body())),
    }
    .serialize(serializer)
}
