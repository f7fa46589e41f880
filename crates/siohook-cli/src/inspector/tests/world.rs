//! An inspector over a store of its own, and raw requests to it.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use siohook_sender::{Capture, Sample};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::global::{Color, Global};
use crate::inspector::{Changes, Inspector, Subject};
use crate::secret::Secret;
use crate::store::{Entry, Store};
use crate::verify::Keys;

pub(super) const SECRET: &str = "correct horse battery staple";
pub(super) const TOKEN: &str = "b7e1-the-token-of-a-test";

pub(super) struct World {
    pub(super) port: u16,
    pub(super) key: String,
    pub(super) store: Arc<Store>,
    pub(super) changes: Changes,
    server: JoinHandle<()>,
    _folder: TempDir,
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(super) fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap()
    }
}

impl World {
    pub(super) async fn new(endpoint: &str, forward_to: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let global = Global {
            json: false,
            color: Color::Never,
            quiet: false,
            verbose: false,
            no_input: true,
            config: None,
            store: Some(folder.path().to_owned()),
        };
        let store = Arc::new(Store::new(&global).unwrap());
        let inspector = Inspector::bind(Some((Ipv4Addr::LOCALHOST, 0).into()))
            .await
            .unwrap();
        let (origin, key) = {
            let url = inspector.url();
            let (origin, key) = url.split_once("/#key=").unwrap();
            (origin.to_owned(), key.to_owned())
        };
        assert_eq!(origin, inspector.origin());
        let secret = |value: &str| Secret {
            value: value.to_owned(),
            source: "a test".to_owned(),
        };
        let keys = Keys {
            secrets: vec![("main".to_owned(), secret(SECRET))],
            tokens: vec![("hook".to_owned(), secret(TOKEN))],
        };
        let changes = Changes::new();
        let subject = Subject::new(
            Arc::clone(&store),
            keys,
            endpoint.to_owned(),
            forward_to,
            Duration::from_secs(10),
            changes.clone(),
        );
        Self {
            port: origin.rsplit(':').next().unwrap().parse().unwrap(),
            key,
            store,
            changes,
            server: tokio::spawn(inspector.serve(subject.unwrap())),
            _folder: folder,
        }
    }

    pub(super) fn record(&self, sample: &Sample, time: &str) -> Entry {
        let request = sample.request("http://127.0.0.1:7464/systeme").unwrap();
        let capture = Capture::read(request.to_http1()).unwrap();
        let peer = Some("127.0.0.1:51544".parse().unwrap());
        let capture = capture.with_receipt(time.parse().unwrap(), peer, None);
        self.store.record(capture).unwrap()
    }

    pub(super) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        stream
    }

    /// Sends these bytes, and reads up to the end.
    pub(super) fn raw(&self, bytes: &[u8]) -> Answer {
        let mut stream = self.connect();
        // The server may answer before it has read all.
        let _ = stream.write_all(bytes);
        let mut answer = vec![];
        let _ = stream.read_to_end(&mut answer);
        let end = answer
            .windows(4)
            .position(|end| end == b"\r\n\r\n")
            .unwrap();
        let head = String::from_utf8(answer[..end].to_vec())
            .unwrap()
            .to_ascii_lowercase();
        let body = answer.split_off(end + 4);
        Answer {
            status: head[9..12].parse().unwrap(),
            body: if head.contains("transfer-encoding: chunked") {
                unchunked(&body)
            } else {
                body
            },
            head,
        }
    }

    /// Sends a request with these headers and no others.
    pub(super) fn bare(&self, line: &str, headers: &[&str]) -> Answer {
        let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
        self.raw(format!("{line} HTTP/1.1\r\n{headers}connection: close\r\n\r\n").as_bytes())
    }

    pub(super) fn host(&self) -> String {
        format!("host: 127.0.0.1:{}", self.port)
    }

    pub(super) fn bearer(&self) -> String {
        format!("authorization: Bearer {}", self.key)
    }

    /// Asks as the page does.
    pub(super) fn get(&self, path: &str) -> Answer {
        self.bare(&format!("GET /api{path}"), &[&self.host(), &self.bearer()])
    }

    pub(super) fn send(&self, method: &str, path: &str, body: &str) -> Answer {
        let (host, bearer, length) = (self.host(), self.bearer(), body.len());
        let request = format!(
            "{method} /api{path} HTTP/1.1\r\n{host}\r\n{bearer}\r\nconnection: close\r\n\
             content-type: application/json\r\nsec-fetch-site: same-origin\r\n\
             content-length: {length}\r\n\r\n{body}"
        );
        self.raw(request.as_bytes())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut whole = vec![];
    while let Some(end) = body.windows(2).position(|end| end == b"\r\n") {
        let length = usize::from_str_radix(str::from_utf8(&body[..end]).unwrap(), 16).unwrap();
        whole.extend_from_slice(&body[end + 2..end + 2 + length]);
        body = &body[end + 4 + length..];
    }
    whole
}
