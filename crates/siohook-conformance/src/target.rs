use std::net::SocketAddr;

use crate::connection::Connection;
use crate::expected::Expected;
use crate::failure::{Checked, Failure};
use crate::request::Request;
use crate::response::Response;

/// The server that a case tests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    address: SocketAddr,
}

impl Target {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address }
    }

    #[cfg(feature = "http2")]
    pub(crate) fn address(self) -> SocketAddr {
        self.address
    }

    pub(crate) fn connect(self) -> Checked<Connection> {
        Connection::open(self.address)
    }

    /// Sends a request on a new connection and compares the response.
    pub(crate) fn answers(self, request: &Request, expected: Expected) -> Checked {
        let response = self.connect()?.exchange(request)?;
        expected.is(request, &response)
    }

    /// Sends the same request several times and compares each response.
    pub(crate) fn answers_each(self, request: &Request, expected: &[Expected]) -> Checked {
        for (attempt, expected) in (1..).zip(expected) {
            self.answers(request, *expected)
                .map_err(|failure| failure.at(&format!("attempt {attempt}")))?;
        }
        Ok(())
    }

    /// Sends another request after a response: on the same connection, or on a new one if the
    /// server closed it without further bytes. Returns whether it was the same one.
    pub(crate) fn answers_next(
        self,
        mut connection: Connection,
        before: &Response,
        request: &Request,
        expected: Expected,
    ) -> Checked<bool> {
        let step = |failure: Failure| failure.at("the next request");
        if !before.closes() && connection.send(&request.bytes())? {
            let is_answered = connection.wait_for_answer()?;
            if is_answered {
                let response = connection.receive(request).map_err(step)?;
                expected.is(request, &response).map_err(step)?;
                return Ok(true);
            }
        }
        if !connection.ends_here()? {
            return Err(Failure::new("bytes follow the response"));
        }
        self.answers(request, expected).map_err(step)?;
        Ok(false)
    }
}
