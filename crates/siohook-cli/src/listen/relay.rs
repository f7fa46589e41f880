//! The answer of a receiver on its way to the sender.

use crate::forward::is_of_connection;
use crate::receiver::Answered;

/// Returns the bytes of an answer to a request with this method. Status, reason, body, and the headers
/// with their spelling, order and values stay. What belongs to the connection changes.
pub(super) fn answer(method: &str, answered: &Answered) -> Vec<u8> {
    let has_body = method != "HEAD" && !matches!(answered.status, 101 | 204 | 304);
    let lines = answered.head.split(|byte| *byte == b'\n');
    let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    // Empty lines may come before an answer.
    let mut lines = lines.skip_while(|line| line.is_empty());
    let start = lines.next().unwrap_or_default();
    let version = start.iter().position(|byte| *byte == b' ');
    let (_, status) = start.split_at(version.unwrap_or(start.len()));

    let mut bytes = [b"HTTP/1.1", status, b"\r\n"].concat();
    let mut has_length = false;
    let length = answered.body.len();
    let dropped = named_by_connection(answered);
    for line in lines.take_while(|line| !line.is_empty()) {
        let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
        let name = str::from_utf8(name).unwrap_or_default();
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        if has_body && (is("content-length") || is("transfer-encoding")) {
            // A body that came in chunks is sent as a whole.
            if !std::mem::replace(&mut has_length, true) {
                let name = if is("content-length") {
                    name
                } else {
                    "content-length"
                };
                bytes.extend_from_slice(format!("{name}: {length}\r\n").as_bytes());
            }
        } else if !is_of_connection(name) && !dropped.contains(&name.to_ascii_lowercase()) {
            bytes.extend_from_slice(line);
            bytes.extend_from_slice(b"\r\n");
        }
    }
    if has_body && !has_length {
        bytes.extend_from_slice(format!("content-length: {length}\r\n").as_bytes());
    }
    bytes.extend_from_slice(b"connection: close\r\n\r\n");
    if has_body {
        bytes.extend_from_slice(&answered.body);
    }
    bytes
}

/// Headers that the receiver wanted to be kept from the sender, in lower case.
fn named_by_connection(answered: &Answered) -> Vec<String> {
    let values = answered.headers.iter();
    let values = values.filter(|(name, _)| name.eq_ignore_ascii_case("connection"));
    values
        .flat_map(|(_, value)| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect()
}
