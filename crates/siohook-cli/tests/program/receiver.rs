//! A receiver that answers as a test wants.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver as Channel, Sender, channel};
use std::thread;
use std::time::Duration;

pub(crate) struct Receiver {
    pub(crate) url: String,
    requests: Channel<Vec<u8>>,
}

impl Receiver {
    /// Gives this answer to each request.
    pub(crate) fn answering(status: u16, body: &'static str) -> Self {
        Self::start(move |mut stream, _, _| answer(&mut stream, status, body))
    }

    /// Accepts everything.
    pub(crate) fn accepting() -> Self {
        Self::answering(200, r#"{"outcome":"done"}"#)
    }

    /// Answers when the test says so.
    pub(crate) fn waiting() -> (Self, Sender<()>) {
        let (go, stop) = channel();
        let receiver = Self::start(move |mut stream, _, _| {
            // The test may have ended.
            let _ = stop.recv();
            answer(&mut stream, 200, "");
        });
        (receiver, go)
    }

    /// Gives the answers in turn, the last one from then on.
    pub(crate) fn in_turn(statuses: &'static [u16]) -> Self {
        Self::start(move |mut stream, _, number| {
            answer(&mut stream, statuses[number.min(statuses.len() - 1)], "");
        })
    }

    /// Answers by what was sent.
    pub(crate) fn by(answers: impl Fn(&[u8]) -> (u16, &'static str) + Send + 'static) -> Self {
        Self::start(move |mut stream, request, _| {
            let (status, body) = answers(request);
            answer(&mut stream, status, body);
        })
    }

    fn start(reply: impl Fn(TcpStream, &[u8], usize) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, requests) = channel();
        thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let mut stream = stream.unwrap();
                let request = read(&mut stream);
                if request.is_empty() {
                    continue;
                }
                if sender.send(request.clone()).is_err() {
                    return;
                }
                reply(stream, &request, number);
            }
        });
        Self {
            url: format!("http://{address}/systeme"),
            requests,
        }
    }

    /// Takes the bytes of the next request.
    #[track_caller]
    pub(crate) fn request(&self) -> Vec<u8> {
        self.requests.recv_timeout(Duration::from_secs(60)).unwrap()
    }

    /// Takes the bytes of the next request, if it has arrived.
    pub(crate) fn next_request(&self) -> Option<Vec<u8>> {
        self.requests.try_recv().ok()
    }
}

fn answer(stream: &mut TcpStream, status: u16, body: &str) {
    let length = body.len();
    // The sender may have hung up.
    let _ = write!(
        stream,
        "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
}

fn read(stream: &mut TcpStream) -> Vec<u8> {
    let mut request = vec![];
    let mut part = [0; 4096];
    loop {
        let head = request.windows(4).position(|end| end == b"\r\n\r\n");
        if let Some(head) = head {
            let text = String::from_utf8_lossy(&request[..head]).to_ascii_lowercase();
            let length = text
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            if request.len() >= head + 4 + length.map_or(0, |length| length.parse().unwrap()) {
                return request;
            }
        }
        match stream.read(&mut part) {
            Ok(0) | Err(_) => return request,
            Ok(bytes) => request.extend_from_slice(&part[..bytes]),
        }
    }
}

/// A URL at which nothing listens. A port that was free a moment ago may be another test's by now.
pub(crate) fn nowhere() -> String {
    "http://127.0.0.1:1".to_owned()
}
