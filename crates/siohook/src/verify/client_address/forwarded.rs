//! The grammar of the `Forwarded` header, RFC 7239, section 4.

use std::{borrow::Cow, iter, net::IpAddr};

use super::{Client, NoClientAddress, node, trim};

/// Whether a quoted string in this line is unclosed.
pub(super) fn is_left_open(line: &[u8]) -> bool {
    line.iter()
        .fold(Quoting::Outside, |state, &byte| state.after(byte))
        != Quoting::Outside
}

/// The clients that the elements of a line name. The line must not be
/// [left open](is_left_open).
pub(super) fn entries(line: &[u8]) -> impl Iterator<Item = Client> {
    split_unquoted(line, b',').map(|element| node_of(element).ok_or(NoClientAddress::Malformed))
}

/// The address in the `for` pair of an element. `None` if a pair is malformed, or there is
/// not exactly one `for`.
fn node_of(element: &[u8]) -> Option<IpAddr> {
    let mut node_text = None;
    for pair in split_unquoted(element, b';') {
        let (name, value) = split_pair(pair)?;
        if name.eq_ignore_ascii_case(b"for") && node_text.replace(value).is_some() {
            return None;
        }
    }
    node(&unescaped(node_text?))
}

/// The name of a pair, and its value without quotes.
fn split_pair(pair: &[u8]) -> Option<(&[u8], &[u8])> {
    let equals = pair.iter().position(|&byte| byte == b'=')?;
    let (name, value) = (&pair[..equals], &pair[equals + 1..]);
    let value = match value {
        [b'"', body @ .., b'"'] if is_quotable(body) => body,
        token if is_token(token) => token,
        _ => return None,
    };
    is_token(name).then_some((name, value))
}

/// The non-empty parts between the delimiters outside of quoted strings.
fn split_unquoted(text: &[u8], delimiter: u8) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(text);
    iter::from_fn(move || {
        let text = rest?;
        let end = end_of_part(text, delimiter);
        rest = text.get(end + 1..);
        Some(trim(&text[..end]))
    })
    .filter(|part| !part.is_empty())
}

/// The position of the first delimiter outside of a quoted string, or the end.
fn end_of_part(text: &[u8], delimiter: u8) -> usize {
    let mut state = Quoting::Outside;
    text.iter()
        .position(|&byte| {
            let ends = state == Quoting::Outside && byte == delimiter;
            state = state.after(byte);
            ends
        })
        .unwrap_or(text.len())
}

/// Whether these bytes between two quotes are one quoted string. Bytes beyond ASCII are
/// allowed, as in any HTTP header. Control characters are not.
fn is_quotable(body: &[u8]) -> bool {
    let mut state = Quoting::Inside;
    body.iter().all(|&byte| {
        state = state.after(byte);
        state != Quoting::Outside && (byte == b'\t' || !byte.is_ascii_control())
    }) && state == Quoting::Inside
}

/// Whether the text is a token of RFC 9110, section 5.6.2.
fn is_token(text: &[u8]) -> bool {
    !text.is_empty()
        && text
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
}

/// Replaces each escape by the byte that it stands for. A token has no escapes.
fn unescaped(value: &[u8]) -> Cow<'_, [u8]> {
    if !value.contains(&b'\\') {
        return Cow::Borrowed(value);
    }
    let mut state = Quoting::Inside;
    value
        .iter()
        .copied()
        .filter(|&byte| {
            state = state.after(byte);
            state != Quoting::Escaped
        })
        .collect()
}

/// The state of the scanner for quoted strings.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quoting {
    Outside,
    Inside,
    /// Inside, after a backslash.
    Escaped,
}

impl Quoting {
    /// The state after `byte`. A quote opens a string anywhere. So a misplaced quote makes
    /// its own element malformed, and does not change how the later ones are split.
    fn after(self, byte: u8) -> Self {
        match (self, byte) {
            (Self::Outside, b'"') | (Self::Escaped, _) => Self::Inside,
            (Self::Inside, b'"') => Self::Outside,
            (Self::Inside, b'\\') => Self::Escaped,
            (state, _) => state,
        }
    }
}
