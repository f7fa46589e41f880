//! What forged bodies cost: the time of refusing one over the time of hashing
//! it, and what the process holds before and after.
//!
//! ```sh
//! cargo run --release -p siohook-benches --bin forged -- 100000
//! ```

use std::time::{Duration, Instant};

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use siohook::{Dispatcher, Incoming};

const MIB: usize = 1024 * 1024;

fn main() {
    let count = std::env::args()
        .find_map(|text| text.parse().ok())
        .unwrap_or(200);
    let dispatcher = Dispatcher::builder()
        .account_secret("main", "correct horse battery staple")
        .allow_no_handlers()
        .build()
        .expect("the configuration is right");
    // Opens ever more arrays, so that whoever parses it would notice.
    let body = Bytes::from(vec![b'['; MIB]);
    let key = Hmac::<Sha256>::new_from_slice(b"any").expect("a key has any length");

    let (mut hashing, mut refusing) = (Duration::ZERO, Duration::ZERO);
    let before = resident_kib();
    for number in 0..count {
        let signature = format!("{number:064x}");
        let start = Instant::now();
        let digest = key.clone().chain_update(&body).finalize();
        std::hint::black_box(digest);
        hashing += start.elapsed();

        let start = Instant::now();
        let incoming = Incoming::post(body.clone())
            .header("X-Webhook-Event", "SALE_NEW")
            .header("X-Webhook-Message-Id", &signature)
            .header("X-Webhook-Signature", &signature);
        let refused = dispatcher
            .verify(incoming)
            .expect_err("the signature is forged");
        assert_eq!(refused.code(), "signature_wrong");
        refusing += start.elapsed();
    }
    println!("{count} forged bodies of 1 MiB");
    println!(
        "refusing / hashing: {:.3}",
        refusing.as_secs_f64() / hashing.as_secs_f64()
    );
    println!(
        "resident: {before} KiB before, {} KiB after",
        resident_kib()
    );
}

/// The second number of `statm` is in pages of 4 KiB; 0 where there is none.
fn resident_kib() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse().ok())
        .map_or(0, |pages: u64| pages * 4)
}
