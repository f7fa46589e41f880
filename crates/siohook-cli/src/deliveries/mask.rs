//! Personal data, tokens and signatures are replaced by reserved values of the same length.

mod json;
mod value;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use siohook_sender::{Capture, CaptureError};

use super::target::is_secret;

/// Returns the capture to share: with digests of its own bytes, and without remarks of its user.
pub(super) fn masked(capture: &Capture) -> Result<Capture, CaptureError> {
    let head = mask_head(capture.head());
    let body = mask_body(capture.body());
    let mut masked = Capture::new(head, body)?.masked();
    if let Some(name) = capture.name() {
        masked = masked.with_name(name);
    }
    if let Some(time) = capture.received_at() {
        masked = masked.with_receipt(time, capture.peer().map(mask_peer), capture.local());
    }
    if let Some(name) = capture.edited_from() {
        masked = masked.with_edited_from(name);
    }
    if capture.is_truncated() {
        masked = masked.truncated();
    }
    let trailers = capture.trailers().map(|line| {
        let mut line = line.to_vec();
        value::scan(&mut line);
        line
    });
    Ok(masked.with_trailers(trailers.collect::<Vec<_>>()))
}

fn mask_peer(peer: SocketAddr) -> SocketAddr {
    let address = match peer.ip() {
        address if address.is_loopback() => address,
        _ => IpAddr::V4(Ipv4Addr::new(203, 0, 113, 1)),
    };
    SocketAddr::new(address, peer.port())
}

fn mask_body(body: &[u8]) -> Vec<u8> {
    let mut masked = body.to_vec();
    json::mask(&mut masked);
    value::scan(&mut masked);
    masked
}

fn mask_head(head: &[u8]) -> Vec<u8> {
    let mut masked = head.to_vec();
    let lines = masked.split_mut(|byte| *byte == b'\n');
    for (number, line) in lines
        .filter(|line| !line.trim_ascii().is_empty())
        .enumerate()
    {
        if number == 0 {
            mask_query(line);
        } else if let Some(colon) = line.iter().position(|byte| *byte == b':') {
            let (name, value) = line.split_at_mut(colon);
            let name = String::from_utf8_lossy(name).to_ascii_lowercase();
            if is_secret(&name)
                || ["authorization", "cookie"]
                    .iter()
                    .any(|it| name.contains(it))
            {
                value::fill(value, b'0');
            }
        }
        value::scan(line);
    }
    masked
}

/// Replaces all values of the query in a request line.
fn mask_query(line: &mut [u8]) {
    let end = line
        .iter()
        .rposition(|byte| *byte == b' ')
        .unwrap_or(line.len());
    let Some(start) = line.iter().position(|byte| *byte == b'?') else {
        return;
    };
    if start > end {
        return;
    }
    for part in line[start..end].split_mut(|byte| *byte == b'&') {
        if let Some(equals) = part.iter().position(|byte| *byte == b'=') {
            part[equals + 1..].fill(b'x');
        }
    }
}

#[cfg(test)]
mod tests;
