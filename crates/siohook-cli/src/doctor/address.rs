//! Where the name of a receiver leads.

use std::net::IpAddr;
use std::time::Duration;

use siohook_events::Shown;
use tokio::net::lookup_host;
use tokio::time::timeout;

use super::check::{Check, Sheet};
use super::target::Target;
use crate::Failure;

/// Looks the name up. `None` if it leads nowhere.
pub(super) async fn check(
    target: &Target,
    given: Option<IpAddr>,
    patience: Duration,
    sheet: &mut Sheet,
) -> Result<Option<Vec<IpAddr>>, Failure> {
    let host = target.destination.host();
    let addresses = match given {
        Some(address) => Ok(vec![address]),
        None => look_up(host, target.destination.port(), patience).await,
    };
    let mut addresses = match addresses {
        Ok(addresses) => addresses,
        Err(why) => {
            let (host, why) = (Shown::value(host), Shown::text(why));
            let message = format!("{host} has no address: {why}");
            sheet.add(
                Check::fail("address", "receiver_unknown", message)
                    .hint("check the name of the host"),
            )?;
            return Ok(None);
        }
    };
    addresses.sort();
    addresses.dedup();
    let list: Vec<_> = addresses.iter().map(IpAddr::to_string).collect();
    let list = list.join(", ");
    let check = match addresses.iter().find(|address| !is_public(**address)) {
        None => Check::ok("address", list),
        Some(inner) => Check::warn("address", "address_private", list).hint(format!(
            "systeme.io can't reach {inner}: it needs a public address or a tunnel"
        )),
    };
    sheet.add(check)?;
    Ok(Some(addresses))
}

async fn look_up(host: &str, port: u16, patience: Duration) -> Result<Vec<IpAddr>, String> {
    let found = timeout(patience, lookup_host((host, port))).await;
    let found = found.map_err(|_| "the name server does not answer".to_owned())?;
    let found: Vec<_> = found
        .map_err(|error| error.to_string())?
        .map(|address| address.ip())
        .collect();
    if found.is_empty() {
        return Err("the name server knows none".to_owned());
    }
    Ok(found)
}

/// Whether the internet can reach an address.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            // Behind the NAT of a provider: RFC 6598.
            let is_shared = first == 100 && (64..128).contains(&second);
            !(address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_unspecified()
                || is_shared)
        }
        IpAddr::V6(address) => {
            !(address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_internet_can_t_reach_is_known() {
        for (address, is) in [
            ("203.0.113.7", true),
            ("2001:db8::7", true),
            ("100.128.0.1", true),
            ("127.0.0.1", false),
            ("::1", false),
            ("::ffff:10.0.0.5", false),
            ("10.0.0.5", false),
            ("192.168.1.1", false),
            ("169.254.1.1", false),
            ("100.64.0.1", false),
            ("fd00::1", false),
            ("fe80::1", false),
        ] {
            assert_eq!(is_public(address.parse().unwrap()), is, "{address}");
        }
    }
}
