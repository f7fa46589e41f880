use http::{HeaderMap, HeaderName};
use serde::Deserialize;

use super::{Receiver, Refused, signature};
use crate::handlers::{
    contact_created, contact_opt_in, contact_tag_added, contact_tag_removed, sale_canceled,
    sale_new,
};

static EVENT: HeaderName = HeaderName::from_static("x-webhook-event");
static SIGNATURE: HeaderName = HeaderName::from_static("x-webhook-signature");

impl Receiver {
    /// Receives an account webhook.
    ///
    /// # Errors
    ///
    /// The delivery was not handled, for the reason in [`Refused`].
    pub async fn account(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), Refused> {
        self.check_signature(headers, body)?;
        handle(event(headers)?, body).await
    }

    /// Returns the signature of an account webhook if it matches the body.
    ///
    /// # Errors
    ///
    /// It is missing or wrong.
    pub fn check_signature(&self, headers: &HeaderMap, body: &[u8]) -> Result<[u8; 32], Refused> {
        let given = headers.get(&SIGNATURE).ok_or(Refused::Unauthorized)?;
        signature::checked(&self.mac, body, given.as_bytes()).ok_or(Refused::Unauthorized)
    }
}

pub(super) fn event(headers: &HeaderMap) -> Result<&[u8], Refused> {
    Ok(headers.get(&EVENT).ok_or(Refused::BadRequest)?.as_bytes())
}

pub(super) async fn handle(event: &[u8], body: &[u8]) -> Result<(), Refused> {
    match event {
        b"CONTACT_CREATED" => contact_created(parse(body)?).await?,
        b"CONTACT_TAG_ADDED" => contact_tag_added(parse(body)?).await?,
        b"CONTACT_TAG_REMOVED" => contact_tag_removed(parse(body)?).await?,
        b"CONTACT_OPT_IN" => contact_opt_in(parse(body)?).await?,
        b"SALE_NEW" => sale_new(parse(body)?).await?,
        b"SALE_CANCELED" => sale_canceled(parse(body)?).await?,
        _ => return Err(Refused::Unhandled),
    }
    Ok(())
}

/// One check of UTF-8 for the body is cheaper than one for each string.
fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Refused> {
    let text = std::str::from_utf8(body).map_err(|_| Refused::BadRequest)?;
    Ok(serde_json::from_str(text)?)
}
