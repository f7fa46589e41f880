//! Bodies that the dispatcher reads itself: from a reader, and in chunks.

use std::io::{self, Read};
use std::slice;

use super::*;

/// A body that comes in these pieces. The connection breaks at a `None`.
struct Pieces<'a> {
    left: slice::Iter<'a, Option<&'a str>>,
    piece: &'a [u8],
}

impl<'a> Pieces<'a> {
    fn new(pieces: &'a [Option<&'a str>]) -> Self {
        Self {
            left: pieces.iter(),
            piece: b"",
        }
    }

    fn next(&mut self) -> Option<io::Result<&'a [u8]>> {
        let piece = self.left.next()?.map(str::as_bytes);
        Some(piece.ok_or_else(|| io::ErrorKind::ConnectionReset.into()))
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.piece.is_empty() {
            self.piece = self.next().transpose()?.unwrap_or_default();
        }
        self.piece.read(buffer)
    }
}

/// Whether the body was asked for, and the status of the reply: the same in both ways.
fn answer(token: &str, pieces: &[Option<&str>]) -> (bool, u16) {
    let dispatcher = both().max_body_bytes(TAG_ADDED.len()).build().unwrap();
    let head = || Head::new("POST").query(format!("token={token}"));
    let mut asked = [false, false];
    let reader = || {
        asked[0] = true;
        Pieces::new(pieces)
    };
    let read = finish(dispatcher.receive_reader(head(), reader));
    let mut chunks = Pieces::new(pieces);
    let next = async || {
        asked[1] = true;
        chunks.next()
    };
    let chunked = finish(dispatcher.receive_chunks(head(), next));
    assert_eq!((asked[0], &read), (asked[1], &chunked));
    (asked[0], read.status())
}

#[test]
fn a_body_is_read_whole_and_no_longer_than_the_limit() {
    let (start, end) = TAG_ADDED.split_at(40);
    for (pieces, status) in [
        (&[Some(TAG_ADDED)][..], 200),
        (&[Some(start), Some(end)], 200),
        (&[Some(start)], 400),
        (&[Some(start), None], 400),
        (&[], 400),
        (&[Some(start), Some(end), Some(" "), None], 413),
    ] {
        assert_eq!(answer(TOKEN, pieces), (true, status), "{pieces:?}");
    }
}

#[test]
fn a_body_is_not_asked_for_if_the_head_is_refused() {
    assert_eq!(answer("a-guess", &[Some(TAG_ADDED)]), (false, 401));
}
