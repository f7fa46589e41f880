//! What the targets in `fuzz/` need of the inside. Not public API.

use std::net::IpAddr;

use crate::allow_list::IpAllowList;
use crate::incoming::{Header, Incoming};
use crate::verify::client;

/// The address that the request came from, if it can be told.
#[must_use]
pub fn client_address(incoming: &Incoming, trusted_proxies: &IpAllowList) -> Option<IpAddr> {
    let headers = |header: Header| incoming.headers.all(header);
    client::client_address(incoming.peer, trusted_proxies, headers).ok()
}
