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
    /// Why it was not handled.
    pub async fn account(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), Refused> {
        let given = headers.get(&SIGNATURE).ok_or(Refused::Unauthorized)?;
        if !signature::is_right(&self.mac, body, given.as_bytes()) {
            return Err(Refused::Unauthorized);
        }
        let event = headers.get(&EVENT).ok_or(Refused::BadRequest)?;
        match event.as_bytes() {
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
}

/// One check of UTF-8 for the body is cheaper than one for each string.
fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Refused> {
    let text = std::str::from_utf8(body).map_err(|_| Refused::BadRequest)?;
    Ok(serde_json::from_str(text)?)
}
