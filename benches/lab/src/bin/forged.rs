//! Measures the cost of forged bodies: the time to refuse one compared with the time to hash
//! it, for a sale and for a body of 1 MiB, and the memory of the process before and after
//! 100,000 long ones.

use std::io;
use std::time::{Duration, Instant};

use http::HeaderValue;
use siohook::Dispatcher;
use siohook_benches::{Request, Subject, bodies, builder};
use siohook_lab::{full_or_brief, resident_bytes, row};

const MIB: usize = 1024 * 1024;

fn main() -> io::Result<()> {
    let count: u32 = full_or_brief(100_000, 200);
    // Each refusal is reported, as to a log.
    let dispatcher = builder()
        .allow_no_handlers()
        .on_reject(|_| ())
        .build()
        .expect("the configuration is valid");

    refuse(&dispatcher, "a forged sale", &bodies::sale(), count);
    let before = resident_bytes()?;
    // A parser would need time and memory for so many nested arrays.
    refuse(
        &dispatcher,
        "a forged body of 1 MiB",
        &"[".repeat(MIB),
        count,
    );
    let after = resident_bytes()?;

    row(
        "memory after refusing them, KiB",
        &format!("{:.0}", after / 1024.0),
        &format!("before: {:.0}", before / 1024.0),
        &format!("{:.3}", after / before),
        "",
    );
    Ok(())
}

fn refuse(dispatcher: &Dispatcher, what: &str, body: &str, count: u32) {
    let signed = Request::account("SALE_NEW", body, 0);
    let hashing = Subject::hashing();
    let (mut to_hash, mut to_refuse) = (Duration::ZERO, Duration::ZERO);
    for number in 0..count {
        let mut forged = signed.numbered(number.into());
        let signature = HeaderValue::try_from(format!("{number:064x}")).expect("it is ASCII");
        forged.headers.insert("x-webhook-signature", signature);

        to_hash += time(|| hashing.handle(&forged));
        to_refuse += time(|| {
            let refused = dispatcher.verify(forged.incoming());
            let refused = refused.expect_err("the signature is forged");
            assert_eq!(refused.code(), "signature_wrong");
        });
    }
    let micros = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(count);
    row(
        &format!("refusing {what}, µs"),
        &format!("{:.1}", micros(to_refuse)),
        &format!("hashing it: {:.1}", micros(to_hash)),
        &format!("{:.3}", to_refuse.as_secs_f64() / to_hash.as_secs_f64()),
        &format!("{count} bodies"),
    );
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}
