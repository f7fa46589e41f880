//! Measures the time and memory of a dispatcher for each of 10,000 accounts.
//!
//! ```sh
//! cargo run --release -p siohook-benches --bin accounts [-- --write]
//! ```

use std::collections::HashMap;
use std::fs;

use siohook::Dispatcher;
use siohook_benches::measure::nanos;
use siohook_benches::{section, select_handlers};

const ACCOUNTS: u32 = 10_000;

fn main() {
    let handlers = dispatcher(0).handlers().len();
    let mut dispatchers = HashMap::with_capacity(ACCOUNTS as usize);
    let before = resident();
    let build = nanos(0..ACCOUNTS, |account| {
        dispatchers.insert(format!("account-{account}"), dispatcher(account));
    });
    let held = (resident() - before) / u64::from(ACCOUNTS);
    assert_eq!(dispatchers.len(), ACCOUNTS as usize);
    section::publish(
        "accounts",
        &format!(
            "| dispatchers | handlers of each | to build one | to hold one |\n\
             |--:|--:|--:|--:|\n\
             | {ACCOUNTS} | {handlers} | {:.1} µs | {:.1} KB |\n",
            build / 1e3,
            f64::from(u32::try_from(held).expect("it is a few KB")) / 1e3,
        ),
    );
}

/// The dispatcher of an account, with its own secret and token. Its redelivery memory has the
/// default size and is empty.
fn dispatcher(account: u32) -> Dispatcher {
    let builder = Dispatcher::builder()
        .account_secret("main", format!("the secret of account {account}"))
        .automation_token(format!("token-{account}"));
    let built = select_handlers(builder).build();
    built.expect("the configuration is right")
}

/// Resident memory of this process, in bytes.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("this is Linux");
    let mut lines = status.lines();
    let line = lines.find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kib: u64 = kib
        .and_then(|kib| kib.parse().ok())
        .expect("`VmRSS` is in kB");
    kib * 1024
}
