//! Checks running servers:
//!
//! ```sh
//! cargo run -p siohook-conformance --all-features --example check -- \
//!     127.0.0.1:3000 127.0.0.1:3001 127.0.0.1:3002
//! ```
//!
//! The second address is the server with `source_ips`, and the third the one with
//! `trusted_proxies`.

use std::error::Error;
use std::process::ExitCode;

use siohook_conformance::{Server, check};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut addresses = std::env::args().skip(1).map(|address| address.parse());
    let server = Server {
        address: addresses.next().ok_or("give an address")??,
        source_ips: addresses.next().transpose()?,
        trusted_proxies: addresses.next().transpose()?,
    };
    let report = check(&server, &[]);
    println!("{report}");
    Ok(if report.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
