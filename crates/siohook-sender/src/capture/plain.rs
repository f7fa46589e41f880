//! Requests that are not files of siohook: of an editor, or taken off a connection.

use bytes::Bytes;

use super::error::CaptureError;
use super::notes::{self, Framing};
use super::{Capture, head};

pub(super) fn read(file: &Bytes) -> Result<Capture, CaptureError> {
    let (mut start, mut lines) = (0, 0);
    while let Some((line, rest)) = head::line(&file[start..])
        && head::is_comment(line.trim_ascii_end())
    {
        start = file.len() - rest.len();
        lines += 1;
    }
    let message = file.slice(start..);
    let end = head::check(&message, lines + 1)?;
    let capture = Capture::undigested(message.slice(..end), message.slice(end..));
    let first = lines + head::count_lines(&capture.head) + 1;
    match capture.framing {
        Framing::Chunked => chunked(capture, first),
        Framing::ContentLength => with_length(capture, first),
        Framing::None => without_length(capture, first),
    }
}

/// Takes as many bytes as the header says. An editor may have ended the last line.
fn with_length(capture: Capture, first: usize) -> Result<Capture, CaptureError> {
    let wrong = |text: &str| Err(CaptureError::new(first, text));
    let mut lengths = capture
        .headers()
        .filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = lengths
        .next()
        .and_then(|(_, value)| str::from_utf8(value).ok()?.parse().ok());
    let (Some(length), None) = (length, lengths.next()) else {
        return wrong("`Content-Length` is not one number: remove it");
    };
    drop(lengths);
    let Some((body, rest)) = capture.body.split_at_checked(length) else {
        return wrong("the body is shorter than `Content-Length`: correct or remove the header");
    };
    if !rest.trim_ascii().is_empty() {
        return wrong("the body is longer than `Content-Length`: correct or remove the header");
    }
    let body = capture.body.slice_ref(body);
    Ok(Capture { body, ..capture })
}

/// Takes everything.
fn without_length(capture: Capture, first: usize) -> Result<Capture, CaptureError> {
    let mut number = first;
    let mut rest = &capture.body[..];
    while !rest.is_empty() {
        let (line, after) = head::line(rest).unwrap_or((rest, &[]));
        if line.starts_with(b"###") {
            return Err(CaptureError::new(
                number,
                "a next request may begin here: give one request, or its `Content-Length`",
            ));
        }
        rest = after;
        number += 1;
    }
    Ok(capture)
}

/// Decodes the chunks of a body.
fn chunked(capture: Capture, first: usize) -> Result<Capture, CaptureError> {
    let decoded = decode(&capture.body);
    let Some((body, trailers)) = decoded else {
        return Err(CaptureError::new(
            first,
            "the body is not in chunks, as `Transfer-Encoding` says: remove the header",
        ));
    };
    Ok(Capture {
        body: body.into(),
        trailers: notes::lines(trailers),
        ..capture
    })
}

/// Returns the body and the trailers.
fn decode(mut rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut body = vec![];
    loop {
        let (line, after) = head::line(rest)?;
        let digits = line.split(|byte| *byte == b';').next()?.trim_ascii();
        let digits = str::from_utf8(digits).ok()?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let length = usize::from_str_radix(digits, 16).ok()?;
        if length == 0 {
            let trailers = after;
            rest = after;
            while let (line, after) = head::line(rest)?
                && !line.is_empty()
            {
                rest = after;
            }
            let (trailers, end) = trailers.split_at(trailers.len() - rest.len());
            return end.trim_ascii().is_empty().then_some((body, trailers));
        }
        let (chunk, after) = after.split_at_checked(length)?;
        body.extend_from_slice(chunk);
        let (end, after) = head::line(after)?;
        if !end.is_empty() {
            return None;
        }
        rest = after;
    }
}
