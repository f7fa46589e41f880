//! HTTP/1 requests, valid and odd ones, byte for byte.

use siohook_sender::Sample;

use crate::server::PATH;

/// An HTTP/1 request.
#[derive(Clone)]
pub(crate) struct Request {
    method: String,
    target: String,
    version: &'static str,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    framing: Framing,
}

/// How the request marks the end of its body.
#[derive(Clone)]
enum Framing {
    /// The request has no body.
    Nothing,
    /// `Content-Length`.
    Length,
    /// `Transfer-Encoding: chunked`, with the encoded chunks.
    Chunks(Vec<u8>),
}

impl Request {
    /// The request of a sample. `Host` comes first and `Content-Length` last.
    pub(crate) fn of(sample: &Sample) -> Self {
        let sent = sample.request(&format!("http://siohook.example{PATH}"));
        let sent = sent.expect("the URL and the sample's own headers are valid");
        let host = ("Host".to_owned(), sent.host().as_bytes().to_vec());
        let others = sample.headers().into_iter();
        let others = others.map(|(name, value)| (name, value.into_bytes()));
        Self {
            method: sent.method().to_owned(),
            target: sent.target().to_owned(),
            version: "HTTP/1.1",
            headers: std::iter::once(host).chain(others).collect(),
            body: sample.body().to_vec(),
            framing: Framing::Length,
        }
    }

    /// A request with the right token and any body.
    pub(crate) fn with_token(body: impl Into<Vec<u8>>) -> Self {
        Self::of(&Sample::of("contact.tag.added").with_body(body.into()))
    }

    /// A request with the right token and without a body.
    pub(crate) fn of_method(method: &str) -> Self {
        Self {
            framing: Framing::Nothing,
            ..Self::with_token("").method(method)
        }
    }

    pub(crate) fn method(self, method: &str) -> Self {
        let method = method.to_owned();
        Self { method, ..self }
    }

    pub(crate) fn target(self, target: impl Into<String>) -> Self {
        let target = target.into();
        Self { target, ..self }
    }

    /// Replaces or removes the query.
    pub(crate) fn query(self, query: Option<&str>) -> Self {
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        self.target(format!("{PATH}{query}"))
    }

    pub(crate) fn version(self, version: &'static str) -> Self {
        Self { version, ..self }
    }

    /// Adds a header line.
    pub(crate) fn with(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers
            .push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers
            .retain(|(own, _)| !own.eq_ignore_ascii_case(name));
        self
    }

    /// Changes the spelling of all header names.
    pub(crate) fn rename(mut self, rename: fn(&str) -> String) -> Self {
        for (name, _) in &mut self.headers {
            *name = rename(name);
        }
        self
    }

    /// Sends the body in chunks of this size.
    pub(crate) fn chunked(self, size: usize) -> Self {
        let mut wire = vec![];
        for chunk in self.body.chunks(size) {
            wire.extend(format!("{:x}\r\n", chunk.len()).bytes());
            wire.extend_from_slice(chunk);
            wire.extend_from_slice(b"\r\n");
        }
        wire.extend_from_slice(b"0\r\n\r\n");
        self.cut(wire)
    }

    /// Sends these encoded chunks as the body.
    pub(crate) fn cut(self, wire: Vec<u8>) -> Self {
        let framing = Framing::Chunks(wire);
        Self { framing, ..self }.with("Transfer-Encoding", "chunked")
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    #[cfg(feature = "http2")]
    pub(crate) fn parts(&self) -> (&str, &str, &[(String, Vec<u8>)]) {
        (&self.method, &self.target, &self.headers)
    }

    pub(crate) fn has_no_answer_body(&self) -> bool {
        self.method == "HEAD"
    }

    /// The bytes before the body.
    pub(crate) fn head(&self) -> Vec<u8> {
        let mut head = format!("{} {} {}\r\n", self.method, self.target, self.version).into_bytes();
        let length = self.body.len().to_string();
        let length = matches!(self.framing, Framing::Length)
            .then_some(("Content-Length", length.as_bytes()));
        let own = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()));
        for (name, value) in own.chain(length) {
            head.extend_from_slice(name.as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value);
            head.extend_from_slice(b"\r\n");
        }
        head.extend_from_slice(b"\r\n");
        head
    }

    /// The bytes of the body, including its framing.
    pub(crate) fn framed_body(&self) -> &[u8] {
        match &self.framing {
            Framing::Nothing => &[],
            Framing::Length => &self.body,
            Framing::Chunks(wire) => wire,
        }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.head();
        bytes.extend_from_slice(self.framed_body());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_written_with_a_length_and_in_chunks() {
        let request = Request {
            method: "POST".to_owned(),
            target: "/x".to_owned(),
            version: "HTTP/1.1",
            headers: vec![("Host".to_owned(), b"siohook.example".to_vec())],
            body: b"abc".to_vec(),
            framing: Framing::Length,
        };
        let text = |request: &Request| String::from_utf8(request.bytes());
        assert_eq!(
            text(&request).as_deref(),
            Ok("POST /x HTTP/1.1\r\nHost: siohook.example\r\nContent-Length: 3\r\n\r\nabc")
        );
        assert_eq!(
            text(&request.chunked(2)).as_deref(),
            Ok(
                "POST /x HTTP/1.1\r\nHost: siohook.example\r\nTransfer-Encoding: chunked\r\n\r\n\
                 2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
            )
        );
    }
}
