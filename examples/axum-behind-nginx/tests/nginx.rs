//! Starts the program and nginx in front of it, where nginx is installed.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

const EVENT: &str = include_str!("../../../fixtures/automation/contact.tag.added.json");

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start_program() -> (Running, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_example-axum-behind-nginx"))
        .arg("127.0.0.1:0")
        .env("SYSTEME_WEBHOOK_SECRET", "s3cret")
        .env("SYSTEME_WEBHOOK_TOKEN", "b7e1f3c9")
        .env("SYSTEME_SOURCE_IPS", "203.0.113.7")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let address = line.strip_prefix("listening on http://")?;
        Some(address.strip_suffix("/systeme")?.to_owned())
    });
    // It prints more, which is seen if the test fails.
    thread::spawn(move || lines.for_each(|line| println!("{}", line.unwrap())));
    (Running(child), address.expect("the program listens"))
}

fn start_nginx(program: &str) -> (Running, SocketAddr) {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let configuration = include_str!("../nginx.conf")
        .replace("127.0.0.1:3000", program)
        .replace("127.0.0.1:8080", &address.to_string());
    fs::write(folder.join("nginx.conf"), configuration).unwrap();
    let mut nginx = Command::new("nginx");
    let child = nginx
        .arg("-p")
        .arg(folder)
        .arg("-c")
        .arg("nginx.conf")
        // One process, so that none is left when it is killed.
        .args(["-g", "master_process off;"])
        .spawn();
    (Running(child.unwrap()), address)
}

fn status(nginx: SocketAddr, forwarded: &str) -> String {
    let mut attempts = 0..100;
    let mut connection = loop {
        match TcpStream::connect(nginx) {
            Ok(connection) => break connection,
            Err(error) => assert!(attempts.next().is_some(), "nginx: {error}"),
        }
        thread::sleep(Duration::from_millis(50));
    };
    let length = EVENT.len();
    write!(
        connection,
        "POST /systeme?token=b7e1f3c9 HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\
         X-Forwarded-For: {forwarded}\r\nContent-Length: {length}\r\n\r\n{EVENT}"
    )
    .unwrap();
    let mut response = String::new();
    connection.read_to_string(&mut response).unwrap();
    response.split(' ').nth(1).unwrap_or_default().to_owned()
}

#[test]
fn the_sender_is_who_nginx_says() {
    if Command::new("nginx").arg("-v").output().is_err() {
        println!("nothing was tested: nginx is not installed");
        return;
    }
    let (_program, address) = start_program();
    let (_nginx, nginx) = start_nginx(&address);
    assert_eq!(status(nginx, "203.0.113.7"), "200");
    assert_eq!(status(nginx, "198.51.100.1"), "403");
    // The right-most is what a proxy wrote.
    assert_eq!(status(nginx, "203.0.113.7, 198.51.100.1"), "403");
}
