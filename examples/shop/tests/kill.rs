//! The program itself is killed in the middle of a mail, and started again.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use siohook_inbox::MINUTE;
use siohook_sandbox::Sandbox;
use sqlx::SqlitePool;
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

/// The line that is sold.
const LINE: u64 = 15_460_871;

/// The program, which is killed at the end.
struct Shop {
    process: Child,
    address: SocketAddr,
}

impl Shop {
    /// Starts it in a folder, and waits until it listens.
    fn start(folder: &Path, address: &str, secret: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_shop"))
            .current_dir(folder)
            .env("SYSTEME_WEBHOOK_SECRET", secret)
            .env("SHOP_DATABASE", "shop.db")
            .env("SHOP_OUTBOX", "outbox")
            .env("SHOP_ACCEPT_VOLATILE", "1")
            .env("SHOP_ADDRESS", address)
            .env("SHOP_METRICS_ADDRESS", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = log.find_map(|line| {
            let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
            line["fields"]["address"].as_str()?.parse().ok()
        });
        // What follows is seen if the test fails.
        std::thread::spawn(move || log.for_each(|line| println!("{}", line.unwrap())));
        Self {
            process,
            address: address.expect("the shop listens, or says why it does not"),
        }
    }

    /// `kill -9`.
    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.kill();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_that_is_killed_in_the_middle_of_a_mail_sends_it_after_its_start() {
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let folder = folder.path();
    let outbox = folder.join("outbox");
    let draft = outbox.join(format!("{LINE}.tmp"));
    let mail = outbox.join(format!("{LINE}.eml"));
    // Opening a pipe to write waits until it is read, and nothing reads this one.
    std::fs::create_dir(&outbox).unwrap();
    let made = Command::new("mkfifo").arg(&draft).status();
    assert!(made.unwrap().success());

    let sandbox = Sandbox::start().await.unwrap();
    let mut shop = Shop::start(folder, "127.0.0.1:0", sandbox.secret());
    let url = format!("http://{}/systeme", shop.address);
    let sale = sandbox.fire("SALE_NEW").set("/orderItem/id", LINE).to(url);
    sale.send().await.unwrap();
    let message = sandbox.messages().one().await;
    message.assert_delivered(1);

    // The line is granted, so the mail is next.
    let database = format!("sqlite://{}", folder.join("shop.db").display());
    let database = SqlitePool::connect(&database).await.unwrap();
    let count = async |sql: &'static str| -> i64 {
        sqlx::query_scalar(sql).fetch_one(&database).await.unwrap()
    };
    until(async || count("SELECT count(*) FROM grants").await == 1).await;
    shop.kill();
    assert_eq!(count("SELECT count(mailed_at) FROM grants").await, 0);
    assert!(!mail.exists());

    std::fs::remove_file(&draft).unwrap();
    let _shop = Shop::start(folder, &shop.address.to_string(), sandbox.secret());
    until(async || count("SELECT count(mailed_at) FROM grants").await == 1).await;
    assert!(mail.exists());
    assert_eq!(count("SELECT count(*) FROM grants").await, 1);
    // systeme.io had its answer, and was not asked again.
    sandbox.messages().one().await.assert_delivered(1);
}

/// Waits for something that happens within seconds.
async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !is_so().await {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(MINUTE, wait).await.unwrap();
}
