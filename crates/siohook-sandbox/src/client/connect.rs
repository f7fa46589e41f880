//! From a destination to a connection.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use siohook_events::Shown;
use tokio::net::{TcpStream, lookup_host};

use super::Client;
use super::answer::{Failure, Outcome};
use crate::Destination;

impl Client {
    /// Connects to one of the addresses that were checked. There is no second look-up, which
    /// could have another result.
    pub(super) async fn connect(&self, destination: &Destination) -> Result<TcpStream, Failure> {
        let host = destination.host();
        let addresses = self.resolve(destination).await.map_err(|error| {
            let (host, error) = (Shown::value(host), Shown::text(error));
            Failure::new(Outcome::Dns, format!("{host} has no address: {error}"))
        })?;
        let (mut refusal, mut tried) = (None, vec![]);
        for address in addresses {
            if let Err(error) = self.allowed.check_address(destination, address) {
                refusal.get_or_insert(error);
                continue;
            }
            match TcpStream::connect((address, destination.port())).await {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    return Ok(stream);
                }
                Err(error) => tried.push((address, error)),
            }
        }
        Err(match (tried.last(), refusal) {
            (Some((_, error)), _) => not_connected(destination, &tried, error),
            (None, Some(refusal)) => refusal.into(),
            (None, None) => {
                let host = Shown::value(host);
                Failure::new(Outcome::Dns, format!("{host} has no address"))
            }
        })
    }

    async fn resolve(&self, destination: &Destination) -> io::Result<Vec<IpAddr>> {
        let host = destination.host();
        if let Some(address) = destination.address() {
            return Ok(vec![address]);
        }
        if let Some(addresses) = self.hosts.get(host) {
            return Ok(addresses.clone());
        }
        // RFC 6761: these names are the loopback interface, whatever a server says.
        if host == "localhost" || host.ends_with(".localhost") {
            return Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
        }
        let found = lookup_host((host, destination.port())).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

fn not_connected(
    destination: &Destination,
    tried: &[(IpAddr, io::Error)],
    last: &io::Error,
) -> Failure {
    let origin = destination.origin();
    let origin = Shown::value(&origin);
    let addresses = list(tried.iter().map(|(address, _)| address.to_string()));
    // An address of a family that this machine does not have says nothing about the receiver.
    let is_refused = tried
        .iter()
        .any(|(_, error)| error.kind() == io::ErrorKind::ConnectionRefused);
    let outcome = match last.kind() {
        io::ErrorKind::TimedOut if !is_refused => Outcome::Timeout,
        _ => Outcome::Refused,
    };
    let message = if is_refused {
        format!("nothing listens at {origin} (tried {addresses})")
    } else {
        format!("no connection to {origin} (tried {addresses}): {last}")
    };
    Failure::new(outcome, message)
}

/// `a`, `a and b`, `a, b and c`.
fn list(items: impl Iterator<Item = String>) -> String {
    let mut items: Vec<_> = items.collect();
    let last = items.pop().unwrap_or_default();
    if items.is_empty() {
        return last;
    }
    format!("{} and {last}", items.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AllowList;

    #[test]
    fn the_error_names_what_was_tried() {
        use io::ErrorKind::{AddrNotAvailable, ConnectionRefused, HostUnreachable, TimedOut};
        let destination = AllowList::new().check("https://shop.test:8443/systeme?token=a");
        let destination = destination.unwrap();
        for (kinds, outcome, expected) in [
            (
                &[ConnectionRefused][..],
                Outcome::Refused,
                "nothing listens at https://shop.test:8443 (tried 127.0.0.1)",
            ),
            (
                &[ConnectionRefused, AddrNotAvailable],
                Outcome::Refused,
                "nothing listens at https://shop.test:8443 (tried 127.0.0.1 and 127.0.0.2)",
            ),
            (
                &[TimedOut, HostUnreachable, HostUnreachable],
                Outcome::Refused,
                "no connection to https://shop.test:8443 (tried 127.0.0.1, 127.0.0.2 and \
                 127.0.0.3): host unreachable",
            ),
            (
                &[TimedOut],
                Outcome::Timeout,
                "no connection to https://shop.test:8443 (tried 127.0.0.1): timed out",
            ),
        ] {
            let addresses = (1..).map(|last| Ipv4Addr::new(127, 0, 0, last).into());
            let errors = kinds.iter().map(|kind| io::Error::from(*kind));
            let tried: Vec<(IpAddr, _)> = addresses.zip(errors).collect();
            let (_, last) = tried.last().unwrap();
            let failure = not_connected(&destination, &tried, last);
            assert_eq!((failure.outcome, &*failure.error), (outcome, expected));
        }
    }
}
