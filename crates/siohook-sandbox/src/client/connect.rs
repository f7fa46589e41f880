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
        let mut failure = None;
        for address in addresses {
            if let Err(refusal) = self.allowed.check_address(destination, address) {
                failure.get_or_insert(Failure::from(refusal));
                continue;
            }
            match TcpStream::connect((address, destination.port())).await {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    return Ok(stream);
                }
                Err(error) => failure = Some(not_connected(address, destination, &error)),
            }
        }
        Err(failure.unwrap_or_else(|| {
            let host = Shown::value(host);
            Failure::new(Outcome::Dns, format!("{host} has no address"))
        }))
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

fn not_connected(address: IpAddr, destination: &Destination, error: &io::Error) -> Failure {
    let outcome = match error.kind() {
        io::ErrorKind::TimedOut => Outcome::Timeout,
        _ => Outcome::Refused,
    };
    let port = destination.port();
    Failure::new(outcome, format!("{address} port {port}: {error}"))
}
