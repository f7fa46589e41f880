//! A command for a shell that sends a delivery, to the byte.

use std::fmt::Write as _;

use siohook_events::Shown;
use siohook_sender::{Capture, Framing};

use crate::deliveries::base64;

/// Headers that curl adds unless it is told not to.
const ADDED: &[&str] = &["accept", "content-type", "expect", "user-agent"];

/// Returns the command. Bytes that could steer a terminal are written as numbers.
pub(crate) fn command(capture: &Capture) -> String {
    let mut curl = Curl::new(capture);
    // curl writes the header `Host` first, unless it is left out. The own one then stays in its
    // place.
    curl.option("-H", b"Host:");
    let length = capture.body().len().to_string();
    for line in lines(capture.head()).skip(1) {
        let (name, value) = split(line);
        if name.eq_ignore_ascii_case(b"content-length") && value != length.as_bytes() {
            // curl would wait for the rest of a truncated body.
            continue;
        }
        match value {
            [] => curl.option("-H", &[name, b";"].concat()),
            _ => curl.option("-H", line),
        }
    }
    for added in ADDED.iter().filter(|name| capture.header(name).is_none()) {
        curl.option("-H", format!("{added}:").as_bytes());
    }
    curl.with_body(capture)
}

struct Curl(String);

impl Curl {
    fn new(capture: &Capture) -> Self {
        let version = if capture.version() == "HTTP/1.0" {
            "--http1.0"
        } else {
            "--http1.1"
        };
        let text = |name| {
            let value = capture.header(name)?;
            str::from_utf8(value).ok().filter(|value| !value.is_empty())
        };
        let scheme = match text("x-forwarded-proto") {
            Some("https") => "https",
            _ => "http",
        };
        let host = text("host").unwrap_or("127.0.0.1");
        let target = capture.target();
        // `-q`: no file of defaults.
        let mut curl = Self(format!(
            "curl -q --globoff --path-as-is {version} -X {} {}",
            quoted(capture.method().as_bytes()),
            quoted(&[scheme.as_bytes(), b"://", host.as_bytes(), b"/"].concat()),
        ));
        curl.option("--request-target", target);
        curl
    }

    fn option(&mut self, option: &str, value: &[u8]) {
        self.0.extend([" \\\n  ", option, " ", &quoted(value)]);
    }

    /// Adds the body before the command, as a here-document.
    fn with_body(mut self, capture: &Capture) -> String {
        let body = capture.body();
        let mut remarks = String::new();
        if capture.is_truncated() {
            remarks.push_str("# the body went on when it was received\n");
        }
        if capture.trailers().next().is_some() {
            remarks.push_str("# the trailers of its chunks are not sent\n");
        }
        if body.is_empty() && capture.framing() != Framing::Chunked {
            return remarks + &self.0 + "\n";
        }
        self.0.push_str(" \\\n  --data-binary @-");
        let (reader, document) = match str::from_utf8(body) {
            // The shell ends the last line. `head` takes that off again.
            Ok(text) if text.chars().all(is_plain) => {
                let end = if text.ends_with('\n') { "" } else { "\n" };
                (format!("head -c {}", body.len()), format!("{text}{end}"))
            }
            _ => {
                let digits = base64(body);
                let lines = digits.as_bytes().chunks(76);
                let lines = lines.map(|line| String::from_utf8_lossy(line).into_owned() + "\n");
                ("base64 -d".to_owned(), lines.collect())
            }
        };
        let mut mark = "SIOHOOK".to_owned();
        while document.lines().any(|line| line == mark) {
            mark.push('_');
        }
        format!(
            "{remarks}{reader} <<'{mark}' |\n{document}{mark}\n{}\n",
            self.0
        )
    }
}

/// Whether a character of a body can be shown as it is.
fn is_plain(letter: char) -> bool {
    matches!(letter, '\n' | '\t' | ' '..='~')
        || Shown::value(letter).to_string().starts_with(letter)
}

/// Quotes bytes for a shell.
fn quoted(bytes: &[u8]) -> String {
    if let Ok(text) = str::from_utf8(bytes)
        && text
            .chars()
            .all(|letter| letter != '\n' && letter != '\t' && is_plain(letter))
    {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut quoted = String::from("\"$(printf '");
    for byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b' ' | b'-' | b':' | b'/' | b'.' | b';' => {
                quoted.push(char::from(*byte));
            }
            _ => {
                let _ = write!(quoted, "\\{byte:03o}");
            }
        }
    }
    quoted + "')\""
}

/// The lines of a head, without empty ones.
fn lines(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = head.split(|byte| *byte == b'\n');
    let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    lines.filter(|line| !line.is_empty())
}

fn split(line: &[u8]) -> (&[u8], &[u8]) {
    let colon = line
        .iter()
        .position(|byte| *byte == b':')
        .unwrap_or(line.len());
    (
        &line[..colon],
        line.get(colon + 1..).unwrap_or_default().trim_ascii(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_shell_hold_any_byte() {
        assert_eq!(quoted(b"a b'c"), r"'a b'\''c'");
        assert_eq!(quoted("é%".as_bytes()), "'é%'");
        assert_eq!(quoted(b"a%\xe9\x1b'"), r#""$(printf 'a\045\351\033\047')""#);
    }
}
