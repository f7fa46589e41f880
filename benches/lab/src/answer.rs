use std::io;

/// The expected response: status 200 and this body, plain or chunked.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    plain: Vec<u8>,
    chunked: Vec<u8>,
}

impl Answer {
    pub(crate) fn of(body: &str) -> Self {
        Self {
            plain: body.into(),
            chunked: format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len()).into(),
        }
    }

    /// Whether these bytes are the whole response. If not, they must be its beginning.
    ///
    /// # Errors
    ///
    /// They are another response.
    pub(crate) fn is_whole(&self, bytes: &[u8]) -> io::Result<bool> {
        let mut headers = [httparse::EMPTY_HEADER; 32];
        let mut head = httparse::Response::new(&mut headers);
        let body = match head.parse(bytes) {
            Ok(httparse::Status::Complete(end)) => &bytes[end..],
            Ok(httparse::Status::Partial) => return Ok(false),
            Err(error) => return Err(io::Error::other(error)),
        };
        let is = |name: &str, value: &str| {
            head.headers.iter().any(|header| {
                header.name.eq_ignore_ascii_case(name) && header.value == value.as_bytes()
            })
        };
        let wanted = if is("transfer-encoding", "chunked") {
            Some(&self.chunked)
        } else {
            is("content-length", &self.plain.len().to_string()).then_some(&self.plain)
        };
        match wanted {
            Some(wanted) if head.code == Some(200) && wanted.starts_with(body) => {
                Ok(wanted.len() == body.len())
            }
            _ => {
                let wanted = String::from_utf8_lossy(&self.plain);
                let got = String::from_utf8_lossy(bytes);
                Err(io::Error::other(format!(
                    "expected 200 {wanted:?}, got {got}"
                )))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_and_chunked_responses_are_recognised() {
        let answer = Answer::of("ok\n");
        for rest in [
            "Content-Length: 3\r\n\r\nok\n",
            "Transfer-Encoding: chunked\r\n\r\n3\r\nok\n\r\n0\r\n\r\n",
        ] {
            let whole = format!("HTTP/1.1 200 OK\r\nDate: now\r\n{rest}");
            for end in 0..whole.len() {
                assert!(!answer.is_whole(&whole.as_bytes()[..end]).unwrap(), "{end}");
            }
            assert!(answer.is_whole(whole.as_bytes()).unwrap());
        }
    }

    #[test]
    fn any_other_response_is_an_error() {
        for other in [
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 3\r\n\r\nok\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nno\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok\nHTTP/1.1 200 OK\r\n",
            "ok\n",
        ] {
            Answer::of("ok\n").is_whole(other.as_bytes()).unwrap_err();
        }
    }
}
