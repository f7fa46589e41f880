use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use siohook_sender::Request;

/// A request in JSON. A body that is not UTF-8 is shown with replacement characters.
#[derive(Serialize)]
pub(crate) struct ShownRequest {
    method: &'static str,
    url: String,
    headers: Vec<(String, String)>,
    body: String,
    sha256: String,
}

impl ShownRequest {
    pub(crate) fn of(request: &Request) -> Self {
        Self {
            method: request.method(),
            url: request.url(),
            headers: request.headers().to_vec(),
            body: String::from_utf8_lossy(request.body()).into_owned(),
            sha256: hex::encode(Sha256::digest(request.body())),
        }
    }
}

#[expect(clippy::ref_option, reason = "serde gives the field")]
pub(super) fn serialize<S: Serializer>(
    request: &Option<Request>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    request.as_ref().map(ShownRequest::of).serialize(serializer)
}
