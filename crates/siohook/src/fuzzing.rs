//! What the targets in `fuzz/` need of the inside. Not public API.

use std::net::IpAddr;

use crate::request::{Header, Incoming};
use crate::verify::{IpAllowList, client_address};

/// The address that the request came from, if it can be told.
#[must_use]
pub fn client_address(incoming: &Incoming, trusted_proxies: &IpAllowList) -> Option<IpAddr> {
    let headers = |header: Header| incoming.head.headers.all(header);
    client_address::client_address(incoming.head.peer, trusted_proxies, headers).ok()
}
