//! Several hosts in one URL.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use test_postgres::{Server, shared};

use super::{assert_has, block_on, connect, problem};

fn url(ports: &[u16]) -> String {
    let hosts = ports.iter().map(|port| format!("127.0.0.1:{port}"));
    let hosts = hosts.collect::<Vec<_>>().join(",");
    format!("postgres://postgres@{hosts}/postgres")
}

/// A port that accepts and never answers.
fn silent() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

#[test]
fn the_first_host_that_can_be_written_is_taken() {
    let Some(primary) = shared() else { return };
    let standby = Server::builder().file("standby.signal", "").start();
    let (_, closed) = silent();
    let (_listener, silent) = silent();
    for ports in [
        [primary.port(), standby.port()],
        [standby.port(), primary.port()],
        [closed, primary.port()],
        [silent, primary.port()],
    ] {
        let connection = block_on(connect(&url(&ports))).unwrap();
        let expected = format!("`127.0.0.1:{}/postgres`", primary.port());
        assert_eq!(connection.server, expected, "{ports:?}");
    }

    let problem = problem(&url(&[standby.port(), closed]));
    assert_has(
        &problem,
        &[
            &format!("`127.0.0.1:{}/postgres` is a standby", standby.port()),
            &format!(", and `127.0.0.1:{closed}/postgres` refuses connections"),
        ],
    );
}

#[test]
fn silent_hosts_take_five_seconds_together() {
    let listeners = [silent(), silent(), silent()];
    for (ports, connect_timeout, least) in [
        (&[listeners[0].1][..], 9, 4.5),
        (&[listeners[0].1], 1, 0.9),
        (&[listeners[0].1, listeners[1].1, listeners[2].1], 9, 4.5),
    ] {
        let started = Instant::now();
        let problem = problem(&format!("{}?connect_timeout={connect_timeout}", url(ports)));
        let elapsed = started.elapsed();
        assert_eq!(
            problem.matches("did not answer in time").count(),
            ports.len()
        );
        let least = Duration::from_secs_f64(least);
        assert!(
            elapsed >= least && elapsed < Duration::from_secs(8),
            "{elapsed:?}"
        );
    }
}
