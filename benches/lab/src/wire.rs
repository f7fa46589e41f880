use std::ops::Range;

use siohook_benches::Request;

use crate::answer::Answer;

/// The bytes of a request, and the expected answer.
#[derive(Clone, Debug)]
pub struct Wire {
    pub(crate) bytes: Vec<u8>,
    /// The place of the digits that make each request another event.
    digits: Option<Range<usize>>,
    pub(crate) answer: Answer,
}

impl Wire {
    /// A `POST` that never changes. The expected answer is 200 with this body.
    #[must_use]
    pub fn post(request: &Request, answer: &str) -> Self {
        let mut bytes = b"POST /systeme HTTP/1.1\r\n".to_vec();
        for (name, value) in &request.headers {
            bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        bytes.extend(b"\r\n");
        bytes.extend(&request.body);
        Self {
            bytes,
            digits: None,
            answer: Answer::of(answer),
        }
    }

    /// An account webhook for siohook, with another message id each time.
    ///
    /// # Panics
    ///
    /// The request has no message id.
    #[must_use]
    pub fn account(request: &Request) -> Self {
        let wire = Self::post(request, r#"{"outcome":"done"}"#);
        let id = request.headers["x-webhook-message-id"].as_bytes();
        let place = wire.bytes.windows(id.len()).position(|part| part == id);
        let end = place.expect("the headers contain the message id") + id.len();
        Self {
            digits: Some(end - DIGITS..end),
            ..wire
        }
    }

    /// Gives the request the message id of another event.
    pub(crate) fn number(&mut self, number: u64) {
        if let Some(digits) = self.digits.clone() {
            self.bytes[digits].copy_from_slice(format!("{number:0DIGITS$x}").as_bytes());
        }
    }
}

/// The number of digits in the last group of a UUID.
const DIGITS: usize = 12;

#[cfg(test)]
mod tests {
    use siohook_benches::bodies;

    use super::*;

    #[test]
    fn only_the_message_id_differs() {
        let mut wire = Wire::account(&Request::account("SALE_NEW", &bodies::sale(), 0));
        wire.number(0xabc);
        let wanted = Wire::account(&Request::account("SALE_NEW", &bodies::sale(), 0xabc));
        assert_eq!(wire.bytes, wanted.bytes);
        assert!(wire.bytes.ends_with(bodies::sale().as_bytes()));
    }
}
