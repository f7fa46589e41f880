use std::net::SocketAddr;

use crate::connection::Connection;
use crate::failure::{Checked, Failure};

/// The connection preface of HTTP/2 with prior knowledge, and an empty SETTINGS frame.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// Checks that a server speaks HTTP/2. Another server may not respond at all, so this is done
/// once and not in every case.
pub(crate) fn speaks_http2(address: SocketAddr) -> Checked {
    let mut connection = Connection::open(address)?;
    connection.send(PREFACE)?;
    let frame = connection
        .exactly(9)
        .map_err(|failure| failure.at("HTTP/2"))?;
    // The first frame of a server has to be SETTINGS.
    if frame[3] == 4 {
        return Ok(());
    }
    Err(Failure::new("the server does not speak HTTP/2"))
}
