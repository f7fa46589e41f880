//! Private functions that the targets in `fuzz/` call. Not public API.

use std::net::IpAddr;

use crate::request::{Header, Incoming};
use crate::verify::{IpAllowList, client_address};

/// Returns the address of the sender, or `None` if it is unknown.
#[must_use]
pub fn client_address(incoming: &Incoming, trusted_proxies: &IpAllowList) -> Option<IpAddr> {
    let headers = |header: Header| incoming.head.headers.all(header);
    client_address::client_address(incoming.head.peer, trusted_proxies, headers).ok()
}
