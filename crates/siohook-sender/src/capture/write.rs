use bytes::Bytes;
use siohook_events::{Shown, Timestamp};

use super::{Capture, Received};

impl Capture {
    /// Writes the file. [`read`](Self::read) returns an equal capture.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut file = vec![];
        let mut line = |start: &str, value: &[u8]| {
            file.extend_from_slice(start.as_bytes());
            file.extend_from_slice(value);
            file.push(b'\n');
        };
        let title = self.title.clone();
        let title = title.unwrap_or_else(|| self.usual_title());
        line(if title.is_empty() { "###" } else { "### " }, &title);
        line("# siohook: ", b"1");
        if let Some(name) = &self.name {
            line("# @name ", name.as_bytes());
        }
        if let Some(received) = &self.received {
            line("# received: ", received.to_text().as_bytes());
        }
        for (start, digest) in [
            ("# head: ", self.head_digest),
            ("# body: ", self.body_digest),
        ] {
            if let Some(digest) = digest {
                line(start, digest.to_string().as_bytes());
            }
        }
        line("# framing: ", self.framing.to_string().as_bytes());
        for trailer in &self.trailers {
            line("# trailers: ", trailer);
        }
        if self.is_truncated {
            line("# truncated: ", b"true");
        }
        if self.extra > 0 {
            line("# extra: ", format!("{} bytes", self.extra).as_bytes());
        }
        if self.is_masked {
            line("# masked: ", b"true");
        }
        if let Some(name) = &self.edited_from {
            line("# edited-from: ", name.as_bytes());
        }
        for other in &self.others {
            line("", other);
        }
        line("# ---", b"");
        file.extend_from_slice(&self.head);
        file.extend_from_slice(&self.body);
        file
    }

    /// Event and time, without white space around them.
    pub(super) fn usual_title(&self) -> Bytes {
        let event = self.event().unwrap_or_default();
        let time = self.received_at().map(in_utc).unwrap_or_default();
        let title = format!("{} {time}", Shown::value(&*event));
        Bytes::copy_from_slice(title.as_bytes().trim_ascii())
    }
}

impl Received {
    fn to_text(self) -> String {
        let address = |word: &str, address| match address {
            Some(address) => format!(" {word} {address}"),
            None => String::new(),
        };
        let (peer, local) = (address("from", self.peer), address("at", self.local));
        in_utc(self.time) + &peer + &local
    }
}

/// `2026-11-26T11:02:13.482913Z`
fn in_utc(time: Timestamp) -> String {
    time.to_string().replace("+00:00", "Z")
}
