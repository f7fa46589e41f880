use std::net::SocketAddr;

use crate::connection::Connection;
use crate::failure::{Checked, Failure};

/// What a client begins with that knows beforehand that the server speaks
/// HTTP/2, and empty settings.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// Whether a server speaks HTTP/2. One that does not may say nothing at all, so
/// it is asked once, and not by every case.
pub(crate) fn speaks_http2(address: SocketAddr) -> Checked {
    let mut connection = Connection::open(address)?;
    connection.send(PREFACE)?;
    let frame = connection
        .exactly(9)
        .map_err(|failure| failure.at("HTTP/2"))?;
    // The first frame of a server has settings in it, too.
    if frame[3] == 4 {
        return Ok(());
    }
    Err(Failure::new("the server does not speak HTTP/2"))
}
