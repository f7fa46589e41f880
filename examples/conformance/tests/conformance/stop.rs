//! A server is stopped as systemd and containers do it: with SIGTERM.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::thread;

use siohook_conformance::PATH;
use siohook_sender::Sample;

use crate::frameworks::{FRAMEWORKS, Framework};
use crate::process::Process;

/// Sends a delivery whose handler takes a while, and waits for the handler to begin.
fn begin(server: &Process) -> TcpStream {
    let url = format!("http://{}{PATH}", server.address);
    let sent = Sample::automation("example.sleeping", ()).request(&url);
    let sent = sent.expect("the URL is one");
    let mut connection = TcpStream::connect(server.address).expect("it listens");
    connection.write_all(&sent.to_http1()).expect("it reads");
    server.wait_for("sleeping");
    connection
}

#[test]
fn a_delivery_in_progress_is_answered_before_a_server_stops() {
    thread::scope(|scope| {
        for framework in FRAMEWORKS {
            scope.spawn(|| stops(framework));
        }
    });
}

fn stops(framework: &Framework) {
    let mut server = framework.start(&[]);
    let mut connection = begin(&server);
    let child = server.child();
    let id = child.id().to_string();
    let killed = Command::new("kill").args(["-TERM", &id]).status();
    assert!(killed.expect("there is `kill`").success());
    let mut response = String::new();
    // A connection may be reset after the response.
    let _ = connection.read_to_string(&mut response);
    assert!(
        response.starts_with("HTTP/1.1 200 ") && response.contains(r#"{"outcome":"done"}"#),
        "{}: {response:?}",
        framework.name
    );
    let status = child.wait().expect("it is a child");
    assert!(status.success(), "{}: {status}", framework.name);
}
