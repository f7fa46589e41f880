//! Where the parts of a request lie among the bytes of its connection. A parser has accepted them.

/// What the bytes of a connection are, beside the body.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    /// Up to and including its empty line.
    pub(super) head: &'a [u8],
    /// The lines after the last chunk.
    pub(super) trailers: &'a [u8],
    /// Bytes after the end of the request.
    pub(super) extra: usize,
}

impl<'a> Parts<'a> {
    /// Splits what a connection brought of a request whose body is as long as this.
    pub(super) fn of(seen: &'a [u8], body: usize, is_chunked: bool) -> Self {
        let (head, rest) = seen.split_at(end_of_head(seen));
        let (trailers, extra) = if is_chunked {
            chunked(rest).unwrap_or_default()
        } else {
            (&[][..], rest.len().saturating_sub(body))
        };
        Self {
            head,
            trailers,
            extra,
        }
    }
}

/// Empty lines may come before a request.
fn end_of_head(seen: &[u8]) -> usize {
    let mut rest = seen;
    let mut has_begun = false;
    while let Some((line, after)) = line(rest) {
        rest = after;
        if line.is_empty() && has_begun {
            break;
        }
        has_begun |= !line.is_empty();
    }
    seen.len() - rest.len()
}

/// Returns the trailers, and how many bytes follow them.
fn chunked(mut rest: &[u8]) -> Option<(&[u8], usize)> {
    loop {
        let (size, after) = line(rest)?;
        let digits = size.iter().take_while(|byte| byte.is_ascii_hexdigit());
        let digits = str::from_utf8(&size[..digits.count()]).ok()?;
        let size = usize::from_str_radix(digits, 16).ok()?;
        if size == 0 {
            rest = after;
            while let (line, after) = line(rest)?
                && !line.is_empty()
            {
                rest = after;
            }
            let (_, extra) = line(rest)?;
            return Some((&after[..after.len() - rest.len()], extra.len()));
        }
        (_, rest) = line(after.get(size..)?)?;
    }
}

fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let (line, rest) = (&bytes[..end], &bytes[end + 1..]);
    Some((line.strip_suffix(b"\r").unwrap_or(line), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_request_are_found_among_other_bytes() {
        const HEAD: &[u8] = b"\r\nPOST / HTTP/1.1\r\nA: \xe9\r\n\r\n";
        for (rest, body, is_chunked, trailers, extra) in [
            (&b"{}"[..], 2, false, &b""[..], 0),
            (b"{}GET / HTTP/1.1\r\n\r\n", 2, false, b"", 18),
            (b"2;a=b\r\n{}\r\n0\r\n\r\n", 2, true, b"", 0),
            (
                b"2\r\n\r\n\r\n0;x\r\nX-A: 1\r\nx-a:2\r\n\r\nGET",
                2,
                true,
                b"X-A: 1\r\nx-a:2\r\n",
                3,
            ),
            (b"0\r\n\r\n\r\n", 0, true, b"", 2),
        ] {
            let seen = [HEAD, rest].concat();
            let parts = Parts::of(&seen, body, is_chunked);
            let expected = Parts {
                head: HEAD,
                trailers,
                extra,
            };
            assert_eq!(parts, expected, "{}", String::from_utf8_lossy(rest));
        }
    }
}
