//! The frames of PostgreSQL's protocol: a type of one byte and a length, which counts itself.

use std::io::{self, Read, Write};
use std::net::TcpStream;

/// Reads the first message of a client, which has no type. Encryption is declined.
pub(super) fn read_first(client: &mut &TcpStream) -> io::Result<Vec<u8>> {
    const TLS: [u8; 4] = 80_877_103_u32.to_be_bytes();
    const GSSAPI: [u8; 4] = 80_877_104_u32.to_be_bytes();
    loop {
        let message = read_rest(client, Vec::new())?;
        if !message.ends_with(&TLS) && !message.ends_with(&GSSAPI) {
            return Ok(message);
        }
        client.write_all(b"N")?;
    }
}

/// Reads a message, with its type in front.
pub(super) fn read(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut kind = [0];
    from.read_exact(&mut kind)?;
    read_rest(from, kind.to_vec())
}

/// Whether a message of the server ends an answer: it is ready for the next query.
pub(super) fn ends_answer(message: &[u8]) -> bool {
    message.first() == Some(&b'Z')
}

fn read_rest(from: &mut impl Read, mut message: Vec<u8>) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    message.extend(length);
    let rest = u64::from(u32::from_be_bytes(length)).saturating_sub(4);
    if from.take(rest).read_to_end(&mut message)? as u64 == rest {
        Ok(message)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}
