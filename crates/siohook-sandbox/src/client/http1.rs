//! HTTP/1.1: the request is written byte for byte, and the answer is read with care.

use std::io;

use bytes::{Buf, BytesMut};
use httparse::{EMPTY_HEADER, Status, parse_chunk_size};
use siohook_events::Shown;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::{pin, select};

use super::answer::{Failure, Received};

const MAX_HEAD: usize = 32 * 1024;
const MAX_HEADERS: usize = 128;
const MAX_CHUNK_HEAD: usize = 4 * 1024;

pub(super) async fn exchange(
    stream: impl AsyncRead + AsyncWrite,
    request: &[u8],
    received: &mut Received,
) -> Result<(), Failure> {
    let (stream, mut sink) = split(stream);
    let write = async {
        sink.write_all(request).await?;
        sink.flush().await
    };
    let mut reader = Reader {
        stream: Box::pin(stream),
        buffer: BytesMut::new(),
        has_body: !request.starts_with(b"HEAD "),
    };
    let read = reader.answer(received);
    pin!(read);
    // A receiver may answer before it has read everything. If writing fails, reading tells why.
    select! {
        biased;
        answer = &mut read => return answer,
        _ = write => {}
    }
    read.await
}

/// How the end of a body is found.
enum Framing {
    Empty,
    Chunked,
    Length(u64),
    UntilClose,
}

struct Reader<R> {
    stream: R,
    buffer: BytesMut,
    /// An answer to `HEAD` has none, whatever its headers say.
    has_body: bool,
}

impl<R: AsyncRead + Unpin> Reader<R> {
    async fn answer(&mut self, received: &mut Received) -> Result<(), Failure> {
        match self.head(received).await? {
            _ if !self.has_body => Ok(()),
            Framing::Empty => Ok(()),
            Framing::Chunked => self.chunks(received).await,
            Framing::Length(length) => match self.copy(length, received).await? {
                0 => Ok(()),
                missing => Err(broke_off(&format!(
                    "{missing} bytes before the end that its Content-Length announces"
                ))),
            },
            Framing::UntilClose => self.copy(u64::MAX, received).await.map(drop),
        }
    }

    /// Reads the head of the final answer.
    async fn head(&mut self, received: &mut Received) -> Result<Framing, Failure> {
        loop {
            let mut headers = [EMPTY_HEADER; MAX_HEADERS];
            let mut head = httparse::Response::new(&mut headers);
            match head.parse(&self.buffer) {
                Ok(Status::Complete(length)) => {
                    let status = head.code.unwrap_or_default();
                    // Interim answers precede the final one.
                    if !(100..200).contains(&status) || status == 101 {
                        received.status = Some(status);
                        received.reason = head.reason.map(str::to_owned);
                        received.headers = texts(head.headers);
                        received.head = self.buffer.split_to(length).freeze();
                        return framing(status, &received.headers);
                    }
                    self.buffer.advance(length);
                }
                Ok(Status::Partial) if self.buffer.len() > MAX_HEAD => {
                    return Err(Failure::reset("the head of the answer is over 32 KiB"));
                }
                Ok(Status::Partial) => {
                    if !self.fill().await? {
                        received.keep(&self.buffer);
                        return Err(match &*self.buffer {
                            [] => Failure::reset("the connection was closed without an answer"),
                            _ => broke_off("within its head"),
                        });
                    }
                }
                Err(error) => {
                    received.keep(&self.buffer);
                    return Err(Failure::reset(format!("the answer is not HTTP: {error}")));
                }
            }
        }
    }

    async fn chunks(&mut self, received: &mut Received) -> Result<(), Failure> {
        loop {
            match parse_chunk_size(&self.buffer) {
                Ok(Status::Complete((_, 0))) => return Ok(()),
                Ok(Status::Complete((head, size))) => {
                    self.buffer.advance(head);
                    if self.copy(size, received).await? > 0 {
                        return Err(broke_off("within a chunk"));
                    }
                    if received.is_truncated {
                        return Ok(());
                    }
                    self.chunk_end().await?;
                }
                Ok(Status::Partial) if self.buffer.len() <= MAX_CHUNK_HEAD => {
                    if !self.fill().await? {
                        return Err(broke_off("before its last chunk"));
                    }
                }
                Ok(Status::Partial) | Err(_) => {
                    return Err(Failure::reset("a chunk of the answer has no valid size"));
                }
            }
        }
    }

    async fn chunk_end(&mut self) -> Result<(), Failure> {
        while self.buffer.len() < 2 {
            if !self.fill().await? {
                return Err(broke_off("within a chunk"));
            }
        }
        if self.buffer.split_to(2) == "\r\n" {
            Ok(())
        } else {
            Err(Failure::reset(
                "a chunk of the answer is longer than its size",
            ))
        }
    }

    /// Keeps as many bytes of the body, until the answer ends or more than is kept has come. Returns how
    /// many are missing at its end.
    async fn copy(&mut self, mut left: u64, received: &mut Received) -> Result<u64, Failure> {
        while left > 0 {
            if self.buffer.is_empty() && !self.fill().await? {
                return Ok(left);
            }
            let part = usize::try_from(left).unwrap_or(usize::MAX);
            let part = self.buffer.split_to(part.min(self.buffer.len()));
            left -= part.len() as u64;
            if !received.keep(&part) {
                return Ok(0);
            }
        }
        Ok(0)
    }

    /// Reads what is there. Returns `false` at the end.
    async fn fill(&mut self) -> Result<bool, Failure> {
        self.buffer.reserve(8 * 1024);
        match self.stream.read_buf(&mut self.buffer).await {
            Ok(length) => Ok(length > 0),
            // TLS was not closed properly. The framing shows if something is missing.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

fn broke_off(place: &str) -> Failure {
    Failure::reset(format!("the answer broke off {place}"))
}

fn texts(headers: &[httparse::Header<'_>]) -> Vec<(String, String)> {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers = headers.iter();
    headers
        .map(|header| (header.name.to_owned(), text(header.value)))
        .collect()
}

/// Finds out where the body ends, by RFC 9112 §6.3.
fn framing(status: u16, headers: &[(String, String)]) -> Result<Framing, Failure> {
    let values = |wanted: &'static str| {
        let headers = headers.iter();
        headers
            .filter(move |(name, _)| name.eq_ignore_ascii_case(wanted))
            .flat_map(|(_, values)| values.split(',').map(str::trim))
    };
    if matches!(status, 101 | 204 | 304) {
        return Ok(Framing::Empty);
    }
    if let Some(coding) = values("transfer-encoding").last() {
        let is_chunked = coding.eq_ignore_ascii_case("chunked");
        return Ok(if is_chunked {
            Framing::Chunked
        } else {
            Framing::UntilClose
        });
    }
    let mut lengths = values("content-length");
    let Some(length) = lengths.next() else {
        return Ok(Framing::UntilClose);
    };
    let is_digits = length.bytes().all(|byte| byte.is_ascii_digit());
    match length.parse() {
        Ok(bytes) if is_digits && lengths.all(|other| other == length) => {
            Ok(Framing::Length(bytes))
        }
        _ => Err(Failure::reset(format!(
            "the Content-Length of the answer is not a number: `{}`",
            Shown::value(length)
        ))),
    }
}
