//! What was sent, and what came of it.

use siohook_sender::Capture;

/// The longest body that is sent: 64 KiB.
pub(super) const LENGTH: usize = 64 << 10;

/// What JSON may spell otherwise, and systeme.io spells so.
const SPELLINGS: &[&str] = &[r#""\/""#, r#""\u00e9""#, "0.0"];

const REPEATED: &str = "X-Siohook-Repeated";

/// A body of this length, if that is long enough for what it has to hold.
pub(super) fn body(length: usize) -> Vec<u8> {
    let start = format!("{{\"values\":[{}],\"rest\":\"", SPELLINGS.join(","));
    let mut body = start.into_bytes();
    let end = b"\"}";
    body.resize(length.saturating_sub(end.len()).max(body.len()), b'a');
    body.extend_from_slice(end);
    body
}

/// The headers of a probe, up to the empty line.
pub(super) fn headers(length: usize) -> String {
    format!(
        "Content-Type: application/json\r\n{REPEATED}: one\r\n{REPEATED}: two\r\n\
         Content-Length: {length}\r\n\r\n"
    )
}

/// What is wrong with what arrived.
pub(super) fn faults(sent: &[u8], arrived: &Capture) -> Vec<String> {
    let mut faults = vec![];
    let text = String::from_utf8_lossy(arrived.body());
    if arrived.body() != sent {
        let lost = SPELLINGS
            .iter()
            .filter(|spelling| !text.contains(**spelling));
        let lost: Vec<_> = lost.map(|spelling| format!("`{spelling}`")).collect();
        let what = match lost.as_slice() {
            [] => format!("{} of {} bytes arrived", arrived.body().len(), sent.len()),
            lost => format!("the body is rewritten: {} changed", lost.join(", ")),
        };
        faults.push(format!("{what}, so signatures fail"));
    }
    let values = arrived
        .headers()
        .filter(|(name, _)| name.eq_ignore_ascii_case(REPEATED))
        .map(|(_, value)| String::from_utf8_lossy(value).replace(' ', ""));
    // To join them changes nothing (RFC 9110, 5.3).
    if values.collect::<Vec<_>>().join(",") != "one,two" {
        faults.push("a header that is repeated is lost".to_owned());
    }
    faults
}

/// The headers that were not sent.
pub(super) fn added(arrived: &Capture) -> Vec<String> {
    let own = [
        "host",
        "connection",
        "content-type",
        "content-length",
        "transfer-encoding",
        "x-siohook-probe",
        "x-siohook-repeated",
    ];
    let mut added: Vec<String> = vec![];
    for (name, _) in arrived.headers() {
        let is_known = own.iter().any(|own| name.eq_ignore_ascii_case(own));
        if !is_known && !added.iter().any(|own| own.eq_ignore_ascii_case(name)) {
            added.push(name.to_owned());
        }
    }
    added
}
