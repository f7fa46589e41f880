//! `shop --sandbox` itself: it sells what its control API is told.

#![cfg(feature = "sandbox")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use siohook_inbox::MINUTE;
use sqlx::SqlitePool;
use tokio::time::{sleep, timeout};

/// The program, which is killed if the test fails.
struct Shop(Child);

impl Drop for Shop {
    fn drop(&mut self) {
        let _ = self.0.kill();
    }
}

/// Has the sandbox at this host do something, and waits until it was sent.
fn fire(host: &str, action: &str) {
    let body = format!(r#"{{"event":"{action}","contact":"grace@example.com","wait":"10s"}}"#);
    let mut stream = TcpStream::connect(host).unwrap();
    let length = body.len();
    write!(
        stream,
        "POST /sandbox/v1/fire HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_beside_a_sandbox_needs_no_setting() {
    let shop = Command::new(env!("CARGO_BIN_EXE_shop"))
        .arg("--sandbox")
        .env_clear()
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut shop = Shop(shop);
    let mut lines = BufReader::new(shop.0.stdout.take().unwrap()).lines();
    let mut value = |name: &str| loop {
        let line = lines.next().expect("the shop prints this").unwrap();
        if let Some(value) = line.strip_prefix(name) {
            break value.trim().to_owned();
        }
    };
    let (folder, sandbox) = (value("files "), value("sandbox "));
    // Its log, which is seen if the test fails.
    std::thread::spawn(move || lines.for_each(|line| println!("{}", line.unwrap())));
    let host = sandbox.trim_start_matches("http://");

    fire(host, "sale");
    fire(host, "enroll");
    let database = format!("sqlite://{}", Path::new(&folder).join("shop.db").display());
    let database = SqlitePool::connect(&database).await.unwrap();
    let sold = "SELECT count(mailed_at) FROM grants JOIN orders ON orders.id = order_id \
                GROUP BY email ORDER BY email";
    let enrolled = "SELECT count(*) FROM enrolments";
    let wait = async {
        loop {
            let sold: Vec<i64> = sqlx::query_scalar(sold).fetch_all(&database).await.unwrap();
            let enrolled: i64 = sqlx::query_scalar(enrolled)
                .fetch_one(&database)
                .await
                .unwrap();
            // Ada bought at the start.
            if sold == [1, 1] && enrolled == 1 {
                break;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(MINUTE, wait).await.unwrap();
    database.close().await;

    let kill = format!("kill -TERM {}", shop.0.id());
    let stopped = Command::new("sh").args(["-c", &kill]).status();
    assert!(stopped.unwrap().success());
    assert!(shop.0.wait().unwrap().success());
    assert!(!Path::new(&folder).exists());
}
