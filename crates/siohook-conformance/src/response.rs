//! Responses, and the framing of their bodies.

use crate::failure::{Checked, Failure};

/// An HTTP/1 or HTTP/2 response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    is_http_1_0: bool,
}

/// How a response marks the end of its body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    Length(usize),
    Chunked,
    /// By the end of the connection.
    Close,
}

impl Response {
    #[cfg(feature = "http2")]
    pub(crate) fn new(status: u16, headers: Vec<(String, Vec<u8>)>, body: Vec<u8>) -> Self {
        Self {
            status,
            headers,
            body,
            is_http_1_0: false,
        }
    }

    /// Parses a head, without the empty line at its end.
    pub(crate) fn parse(head: &[u8]) -> Checked<Self> {
        let mut lines = head.split(|&byte| byte == b'\n').map(|line| {
            let line = line.strip_suffix(b"\r");
            line.ok_or_else(|| Failure::new("a line of the head does not end in CR LF"))
        });
        let status_line = lines.next().unwrap_or(Ok(b""))?;
        let no_status = || {
            let line = status_line.escape_ascii();
            Failure::new(format!("the status line is malformed: {line}"))
        };
        let text = str::from_utf8(status_line).map_err(|_| no_status())?;
        let (version, rest) = text.split_once(' ').ok_or_else(no_status)?;
        let status = rest.get(..3).and_then(|digits| digits.parse().ok());
        let headers = lines.map(|line| header(line?)).collect::<Checked<_>>()?;
        match (version, status) {
            ("HTTP/1.1" | "HTTP/1.0", Some(status)) => Ok(Self {
                status,
                headers,
                body: vec![],
                is_http_1_0: version == "HTTP/1.0",
            }),
            _ => Err(no_status()),
        }
    }

    /// All values of a header.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        self.headers
            .iter()
            .filter(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.escape_ascii().to_string())
            .collect()
    }

    /// Whether the headers say that the server closes the connection.
    pub(crate) fn closes(&self) -> bool {
        let connection = self.all("connection").join(",").to_ascii_lowercase();
        let says = |what| connection.split(',').any(|token| token.trim() == what);
        says("close") || (self.is_http_1_0 && !says("keep-alive"))
    }

    pub(crate) fn end(&self, has_no_body: bool) -> Checked<End> {
        let lengths = self.all("content-length");
        let encodings = self.all("transfer-encoding");
        if has_no_body || self.status == 204 || self.status == 304 {
            return Ok(End::Length(0));
        }
        match (&lengths[..], &encodings[..]) {
            ([length], []) => length
                .parse()
                .map(End::Length)
                .map_err(|_| Failure::new(format!("Content-Length is {length:?}"))),
            ([], [encoding]) if encoding.eq_ignore_ascii_case("chunked") => {
                if self.is_http_1_0 {
                    return Err(Failure::new("HTTP/1.0 has no chunks"));
                }
                Ok(End::Chunked)
            }
            ([], []) if self.closes() => Ok(End::Close),
            _ => Err(Failure::new(format!(
                "the body's length is ambiguous: Content-Length {lengths:?}, Transfer-Encoding {encodings:?}"
            ))),
        }
    }
}

fn header(line: &[u8]) -> Checked<(String, Vec<u8>)> {
    let bad = || Failure::new(format!("a header is malformed: {}", line.escape_ascii()));
    let colon = line.iter().position(|&byte| byte == b':').ok_or_else(bad)?;
    let (name, value) = (&line[..colon], &line[colon + 1..]);
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
    if name.is_empty() || !name.iter().all(is_token) {
        return Err(bad());
    }
    let name = String::from_utf8_lossy(name).into_owned();
    Ok((name, value.trim_ascii().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(head: &str) -> Option<End> {
        Response::parse(head.as_bytes()).ok()?.end(false).ok()
    }

    #[test]
    fn a_response_marks_the_end_of_its_body_in_one_way() {
        let length = "HTTP/1.1 200 OK\r\ncontent-length: 3\r";
        assert_eq!(end(length), Some(End::Length(3)));
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r";
        assert_eq!(end(chunked), Some(End::Chunked));
        assert_eq!(end("HTTP/1.0 200 OK\r"), Some(End::Close));
        for wrong in [
            "HTTP/1.1 200 OK\r",
            "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 3\r",
            "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r",
            "HTTP/1.1 200 OK\r\ncontent-length: x\r",
            "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r",
            "HTTP/1.1 200 OK\ncontent-length: 3\r",
            "HTTP/3 200 OK\r",
            "",
        ] {
            assert_eq!(end(wrong), None, "{wrong:?}");
        }
    }
}
