//! Replaces e-mail addresses and IP addresses, wherever they are, and whole values.

use std::net::{IpAddr, SocketAddr};

/// Replaces the letters and digits of a text. Escapes of JSON are replaced as well.
pub(super) fn fill(text: &mut [u8], letter: u8) {
    let mut at = 0;
    while at < text.len() {
        let length = match text[at] {
            b'\\' => escape_length(&text[at..]),
            byte if byte.is_ascii_alphanumeric() || byte >= 0x80 => 1,
            _ => {
                at += 1;
                continue;
            }
        };
        let is_digit = length == 1 && text[at].is_ascii_digit();
        text[at..at + length].fill(if is_digit { b'0' } else { letter });
        at += length;
    }
}

/// Replaces digits by one that can begin a number.
pub(super) fn fill_digits(number: &mut [u8]) {
    for byte in number.iter_mut().filter(|byte| byte.is_ascii_digit()) {
        *byte = b'1';
    }
}

/// Replaces an e-mail address.
pub(super) fn fill_email(address: &mut [u8]) {
    let length = address.len();
    let domain: &[u8] = match length {
        13.. => b"@example.com",
        8.. => b"@x.test",
        3.. => b"@x",
        _ => b"",
    };
    address.fill(b'x');
    let start = match length {
        3..8 => 1,
        _ => length - domain.len(),
    };
    address[start..start + domain.len()].copy_from_slice(domain);
}

/// Replaces e-mail addresses and IP addresses in a text of any kind.
pub(super) fn scan(text: &mut [u8]) {
    let mut at = 0;
    while let Some(found) = find_email(&text[at..]) {
        let (start, end) = (at + found.0, at + found.1);
        fill_email(&mut text[start..end]);
        at = end;
    }
    scan_addresses(text);
}

/// The place of the first e-mail address, whose `@` may be percent-encoded.
fn find_email(text: &[u8]) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let is_at = |rest: &[u8]| rest.starts_with(b"@") || rest.starts_with(b"%40");
        let at = (from..text.len()).find(|at| is_at(&text[*at..]))?;
        let before = text[..at].iter().rposition(|byte| !is_local(*byte));
        let start = before.map_or(0, |stop| stop + 1);
        let domain = at + if text[at] == b'@' { 1 } else { 3 };
        let mut end = domain;
        while end < text.len() {
            end += match text[end] {
                b'\\' if text[end..].starts_with(b"\\u") => escape_length(&text[end..]),
                byte if byte.is_ascii_alphanumeric() || byte >= 0x80 || b".-".contains(&byte) => 1,
                _ => break,
            };
        }
        if start < at && text[domain..end].contains(&b'.') {
            return Some((start, end));
        }
        from = domain;
    }
}

/// Whether a byte can come before `@`. An escape of JSON is a whole part of an address.
fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || b"._%+-'\\".contains(&byte)
}

/// The length of an escape of JSON at the start.
fn escape_length(text: &[u8]) -> usize {
    let length = if text.get(1) == Some(&b'u') { 6 } else { 2 };
    length.min(text.len())
}

fn scan_addresses(text: &mut [u8]) {
    let is_part = |byte: u8| byte.is_ascii_hexdigit() || b".:".contains(&byte);
    let mut at = 0;
    while at < text.len() {
        let length = text[at..].iter().take_while(|byte| is_part(**byte)).count();
        if length == 0 {
            at += 1;
            continue;
        }
        let word = String::from_utf8_lossy(&text[at..at + length]).into_owned();
        let word = word.trim_end_matches(['.', ':']);
        let address = word
            .parse::<IpAddr>()
            .ok()
            .map(|address| (address, word.len()));
        // `203.0.113.7:51544`
        let with_port = || {
            let address = word.parse::<SocketAddr>().ok()?.ip();
            Some((address, word.rfind(':')?))
        };
        if let Some((address, length)) = address.or_else(with_port)
            && !address.is_loopback()
        {
            fill_address(&mut text[at..at + length], address);
        }
        at += length;
    }
}

/// Replaces an IP address by one of those that are reserved for documentation, or for nothing.
fn fill_address(text: &mut [u8], address: IpAddr) {
    if address.is_ipv6() {
        for byte in text.iter_mut().filter(|byte| byte.is_ascii_hexdigit()) {
            *byte = b'0';
        }
        return;
    }
    let reserved = [
        "0.0.0.0",
        "0.0.0.10",
        "192.0.2.1",
        "192.0.2.10",
        "192.0.2.100",
        "203.0.113.10",
        "203.0.113.100",
        "198.51.100.100",
        "240.100.100.100",
    ];
    if let Some(reserved) = reserved
        .iter()
        .find(|reserved| reserved.len() == text.len())
    {
        text.copy_from_slice(reserved.as_bytes());
    }
}
