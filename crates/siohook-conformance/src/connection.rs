//! One connection to the server. No operation waits longer than [`PATIENCE`].

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::failure::{Checked, Failure};
use crate::request::Request;
use crate::response::{End, Response};

/// The longest time that a server may take to respond.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// The most bytes that are written before the next check for an early response.
const PIECE: usize = 16 * 1024;

/// The most bytes that are received. The responses of a dispatcher are far shorter.
const LONGEST_ANSWER: usize = 64 * 1024;

pub(crate) struct Connection {
    stream: TcpStream,
    /// Received bytes that were not read yet.
    received: Vec<u8>,
    is_over: bool,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Checked<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(Duration::from_millis(100)))?;
        Ok(Self {
            stream,
            received: vec![],
            is_over: false,
        })
    }

    /// Sends bytes until a response comes or the server closes the connection. Returns whether
    /// all bytes were sent.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> Checked<bool> {
        let until = Instant::now() + PATIENCE;
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.stream.write(&rest[..rest.len().min(PIECE)]) {
                Ok(written) => rest = &rest[written..],
                Err(error) if is_timeout(error.kind()) => {
                    if Instant::now() > until {
                        return Err(Failure::new("the server neither reads nor responds"));
                    }
                }
                Err(error) if is_end(error.kind()) => return Ok(false),
                Err(error) => return Err(error.into()),
            }
            if !rest.is_empty() && self.has_answer()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether bytes or the end of the connection arrived.
    pub(crate) fn has_answer(&mut self) -> Checked<bool> {
        if !self.received.is_empty() || self.is_over {
            return Ok(true);
        }
        self.stream.set_nonblocking(true)?;
        let peeked = self.stream.peek(&mut [0]);
        self.stream.set_nonblocking(false)?;
        match peeked {
            Err(error) if is_timeout(error.kind()) => Ok(false),
            Ok(_) => Ok(true),
            Err(error) if is_end(error.kind()) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// Sends a request and reads the response.
    pub(crate) fn exchange(&mut self, request: &Request) -> Checked<Response> {
        self.send(&request.bytes())?;
        self.receive(request)
    }

    /// Reads the final response to this request.
    pub(crate) fn receive(&mut self, request: &Request) -> Checked<Response> {
        loop {
            let response = self.receive_any(request)?;
            if response.status >= 200 {
                return Ok(response);
            }
        }
    }

    /// Reads a response to this request, which may be an interim one.
    pub(crate) fn receive_any(&mut self, request: &Request) -> Checked<Response> {
        let head = self.until(b"\r\n\r\n")?;
        let mut response = Response::parse(&head[..head.len() - 3])?;
        if response.status < 200 {
            return Ok(response);
        }
        response.body = match response.end(request.has_no_answer_body())? {
            End::Length(length) => self.exactly(length)?,
            End::Chunked => self.chunks()?,
            End::Close => {
                while self.fill()? {}
                std::mem::take(&mut self.received)
            }
        };
        Ok(response)
    }

    /// Waits for bytes or the end of the connection. Returns whether bytes arrived.
    pub(crate) fn wait_for_answer(&mut self) -> Checked<bool> {
        Ok(!self.received.is_empty() || self.fill()?)
    }

    /// Waits for bytes or the end of the connection. Returns whether the end arrived.
    pub(crate) fn ends_here(&mut self) -> Checked<bool> {
        while self.received.is_empty() {
            if !self.fill()? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(crate) fn hang_up(self) {
        // The server may have closed the connection already.
        let _ = self.stream.shutdown(Shutdown::Both);
    }

    fn chunks(&mut self) -> Checked<Vec<u8>> {
        let mut body = vec![];
        loop {
            let line = self.until(b"\r\n")?;
            let text = String::from_utf8_lossy(&line);
            let size = text.split([';', '\r']).next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16)
                .map_err(|_| Failure::new(format!("the size of a chunk is malformed: {text:?}")))?;
            if size == 0 {
                while self.until(b"\r\n")? != b"\r\n" {}
                return Ok(body);
            }
            body.extend(self.exactly(size)?);
            if self.exactly(2)? != b"\r\n" {
                return Err(Failure::new("a chunk is longer than its size"));
            }
        }
    }

    fn until(&mut self, end: &[u8]) -> Checked<Vec<u8>> {
        loop {
            if let Some(at) = self
                .received
                .windows(end.len())
                .position(|part| part == end)
            {
                return self.exactly(at + end.len());
            }
            self.need_more()?;
        }
    }

    pub(crate) fn exactly(&mut self, length: usize) -> Checked<Vec<u8>> {
        while self.received.len() < length {
            self.need_more()?;
        }
        Ok(self.received.drain(..length).collect())
    }

    fn need_more(&mut self) -> Checked {
        if self.fill()? {
            return Ok(());
        }
        let received = self.received.escape_ascii();
        Err(Failure::new(if self.received.is_empty() {
            "the connection ended without a response".to_owned()
        } else {
            format!("the connection ended in the middle of a response: {received}")
        }))
    }

    /// Receives bytes. Returns `false` at the end of the connection.
    fn fill(&mut self) -> Checked<bool> {
        if self.received.len() > LONGEST_ANSWER {
            return Err(Failure::new("the response is too long"));
        }
        if self.is_over {
            return Ok(false);
        }
        self.stream.set_read_timeout(Some(PATIENCE))?;
        let mut buffer = [0; 4096];
        match self.stream.read(&mut buffer) {
            Ok(length) => {
                self.received.extend_from_slice(&buffer[..length]);
                self.is_over = length == 0;
            }
            Err(error) if is_end(error.kind()) => self.is_over = true,
            Err(error) if is_timeout(error.kind()) => {
                let seconds = PATIENCE.as_secs();
                return Err(Failure::new(format!("no response within {seconds} s")));
            }
            Err(error) => return Err(error.into()),
        }
        Ok(!self.is_over)
    }
}

fn is_timeout(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
    )
}

/// Whether the peer closed the connection. A server that refuses a body may close it while the
/// body is still being sent.
fn is_end(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted
    )
}
