//! The listener, from its first connection to its end.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::{select, time};

use super::Listen;
use super::announce::announce;
use super::browser::Page;
use super::connection::Connection;
use super::delivery::Endpoint;
use super::keys::Keyboard;
use super::log::{self, Said};
use super::press::Desk;
use super::row::Rows;
use super::tunnel::Tunnel;
use crate::inspector::{Changes, Inspector, Subject};
use crate::signals::Signals;
use crate::verify::Keys;
use crate::{Exit, Failure, Output};

/// So many connections are served at once. Others wait.
const CONNECTIONS: usize = 64;

/// A wait after a connection could not be accepted.
const PAUSE: Duration = Duration::from_millis(100);

pub(super) async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        if error.kind() == io::ErrorKind::AddrInUse {
            return Failure::port_taken(address);
        }
        Failure::new(
            Exit::Here,
            "listen",
            format!("can't listen at {address}: {error}"),
        )
    })
}

/// Refuses to pass on to itself.
fn check(endpoint: &Endpoint, address: SocketAddr) -> Result<(), Failure> {
    match &endpoint.forward {
        Some(forward) if forward.receiver.is_at(address) => {
            let message = format!("the receiver is the endpoint itself: {address}");
            Err(Failure::usage(message).hint("`--listen` takes another address"))
        }
        _ => Ok(()),
    }
}

/// Serves until a signal, or until enough has come.
pub(super) async fn run(
    listen: &Listen,
    listener: TcpListener,
    endpoint: Endpoint,
    inspector: Option<Inspector>,
    keys: Keys,
    said: mpsc::UnboundedReceiver<Said>,
    output: Output,
) -> Result<Exit, Failure> {
    let mut signals = Signals::new()
        .map_err(|error| Failure::new(Exit::Here, "signals", format!("no signals: {error}")))?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::new(Exit::Here, "listen", error.to_string()))?;
    check(&endpoint, address)?;
    let tunnel = listen.public_url.as_deref();
    let tunnel = tunnel.map(|url| Tunnel::new(url, listen.timeout));
    let tunnel = tunnel.transpose()?;
    let mut keyboard = Keyboard::new(output);
    let has_keys = keyboard.is_some();
    announce(output, address, &endpoint, inspector.as_ref(), has_keys)?;
    let rows = Rows::new(&keys);
    let page = inspector.as_ref().filter(|_| listen.open || has_keys);
    let page = page.map(|inspector| Page::write(&endpoint.store, inspector));
    let page = page.transpose()?;
    if let Some(page) = page.as_ref().filter(|_| listen.open) {
        page.open(&endpoint.log);
    }
    let to = endpoint.forward.as_ref();
    let to = to.map(|forward| forward.receiver.url().to_owned());
    let changes = Changes::new();
    if let Some(inspector) = inspector {
        tokio::spawn(changes.clone().follow(endpoint.happenings.subscribe()));
        let store = Arc::new(endpoint.store.clone());
        let (endpoint, timeout) = (format!("http://{}", reachable(address)), listen.timeout);
        let changes = changes.clone();
        let subject = Subject::new(store, keys, endpoint, to.as_deref(), timeout, changes)?;
        tokio::spawn(inspector.serve(subject));
    }
    // A reader of the output that is slow keeps no delivery waiting.
    let (ended, mut written) = oneshot::channel();
    thread::spawn(move || {
        let _ = ended.send(log::write(output, rows, said));
    });

    let mut count = endpoint.count.subscribe();
    let wanted = listen.exit_after.map_or(u64::MAX, u64::from);
    let (stop, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut early = None;
    let endpoint = Arc::new(endpoint);
    let in_hand = Arc::downgrade(&endpoint);
    let exit = {
        let desk = Desk {
            endpoint: Arc::clone(&endpoint),
            page,
            changes,
        };
        let testing = test(tunnel.as_ref(), &desk.endpoint);
        let accepting = accept(&listener, endpoint, &mut connections, &stopped);
        let too_late = time::sleep(listen.within.unwrap_or_default());
        select! {
            () = signals.next() => {
                if output.is_terminal && !has_keys {
                    // Ends the line in which the terminal shows `^C`.
                    output.words("");
                }
                Exit::Good
            }
            () = desk.attend(&mut keyboard) => Exit::Good,
            _ = count.wait_for(|count| *count >= wanted) => Exit::Good,
            () = too_late, if listen.within.is_some() => Exit::Bad,
            ended = &mut written => {
                early = Some(ended);
                Exit::Good
            }
            never = testing => match never {},
            never = accepting => match never {},
        }
    };
    drop(listener);
    // There may be no connection.
    let _ = stop.send(true);
    if in_hand.strong_count() > 0 {
        output.words("ends after the deliveries in hand; ^C again ends at once");
    }
    let rest = async {
        // It ends when nothing holds the endpoint any more: no connection, and no delivery.
        while count.changed().await.is_ok() {}
        match early {
            Some(ended) => ended,
            None => written.await,
        }
    };
    let tally = select! {
        biased;
        () = signals.next() => return Ok(Exit::Interrupted),
        tally = rest => tally,
    };
    let tally = tally.expect("the thread of the log does not panic")?;
    tally.tell(output, to.as_deref())?;
    Ok(exit)
}

/// Tests the tunnel, if there is one, as long as it is polled.
async fn test(tunnel: Option<&Tunnel>, endpoint: &Endpoint) -> Infallible {
    match tunnel {
        Some(tunnel) => tunnel.watch(endpoint).await,
        None => pending().await,
    }
}

/// An address of this machine that reaches a listener.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

/// Accepts connections as long as it is polled.
async fn accept(
    listener: &TcpListener,
    endpoint: Arc<Endpoint>,
    connections: &mut JoinSet<()>,
    stopped: &watch::Receiver<bool>,
) -> Infallible {
    loop {
        while connections.len() >= CONNECTIONS {
            connections.join_next().await;
        }
        match listener.accept().await {
            Ok((stream, peer)) => {
                let (endpoint, stopped) = (Arc::clone(&endpoint), stopped.clone());
                connections.spawn(Connection::serve(endpoint, stream, peer, stopped));
            }
            Err(error) => {
                endpoint.say(Said::Trouble(format!(
                    "a connection was not accepted: {error}"
                )));
                time::sleep(PAUSE).await;
            }
        }
    }
}
