//! The head of a request in HTTP/1, as servers accept it.

use super::error::CaptureError;

/// Splits a line off, without its end.
pub(super) fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let (line, rest) = (&bytes[..end], &bytes[end + 1..]);
    Some((line.strip_suffix(b"\r").unwrap_or(line), rest))
}

/// Whether a line can come before a request.
pub(super) fn is_comment(line: &[u8]) -> bool {
    line.is_empty() || line.starts_with(b"#") || line.starts_with(b"//")
}

pub(super) fn count_lines(bytes: &[u8]) -> usize {
    bytes.split(|byte| *byte == b'\n').count() - 1
}

/// Checks the head at the start of these bytes, whose first line has this number. Returns where
/// it ends.
pub(super) fn check(bytes: &[u8], first: usize) -> Result<usize, CaptureError> {
    let mut number = first;
    let mut rest = bytes;
    let mut has_request_line = false;
    while let Some((line, after)) = line(rest) {
        match (has_request_line, line) {
            // Servers skip empty lines between requests.
            (false, []) => {}
            (false, line) => {
                check_request_line(line, number)?;
                has_request_line = true;
            }
            (true, []) => return Ok(bytes.len() - after.len()),
            (true, line) => check_header(line, number)?,
        }
        rest = after;
        number += 1;
    }
    if !has_request_line {
        check_request_line(rest, number)?;
    } else if !rest.is_empty() {
        check_header(rest, number)?;
    }
    Err(CaptureError::new(
        number,
        "the head does not end: write an empty line after the headers",
    ))
}

fn check_request_line(line: &[u8], number: usize) -> Result<(), CaptureError> {
    let wrong = |text| Err(CaptureError::new(number, text));
    let words: Vec<_> = line.split(|byte| *byte == b' ').collect();
    let is_target = |target: &[u8]| !target.is_empty() && !target.iter().any(u8::is_ascii_control);
    match *words {
        [method, target, b"HTTP/1.1" | b"HTTP/1.0"] if is_token(method) && is_target(target) => {
            Ok(())
        }
        [method, target] if is_token(method) && target.starts_with(b"/") => {
            wrong("the version is missing: write ` HTTP/1.1` at the end of the line")
        }
        _ => wrong("this is not a request: its first line is such as `POST /systeme HTTP/1.1`"),
    }
}

fn check_header(line: &[u8], number: usize) -> Result<(), CaptureError> {
    let is_value = |byte: &u8| *byte == b'\t' || !byte.is_ascii_control();
    match split(line) {
        Some((name, value)) if is_token(name) && value.iter().all(is_value) => Ok(()),
        _ => Err(CaptureError::new(
            number,
            "this is not a header such as `Name: value`; an empty line comes before the body",
        )),
    }
}

/// The token of RFC 9110: a method, or the name of a header.
fn is_token(text: &[u8]) -> bool {
    let is_in_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !text.is_empty() && text.iter().all(is_in_token)
}

fn split(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    Some((&line[..colon], line[colon + 1..].trim_ascii()))
}

/// The lines of a checked head, without empty ones.
fn lines(mut head: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = std::iter::from_fn(move || {
        let (line, rest) = line(head)?;
        head = rest;
        Some(line)
    });
    lines.filter(|line| !line.is_empty())
}

/// Method, target and version of a checked head.
pub(super) fn request_line(head: &[u8]) -> [&[u8]; 3] {
    let line = lines(head).next().unwrap_or_default();
    let mut words = line.split(|byte| *byte == b' ');
    [(); 3].map(|()| words.next().unwrap_or_default())
}

/// The headers of a checked head.
pub(super) fn headers(head: &[u8]) -> impl Iterator<Item = (&str, &[u8])> {
    lines(head).skip(1).filter_map(|line| {
        let (name, value) = split(line)?;
        Some((str::from_utf8(name).ok()?, value))
    })
}
