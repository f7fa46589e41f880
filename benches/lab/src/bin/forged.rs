//! What a forged body of 1 MiB costs: the time to refuse it beside the time to
//! hash it, and what the process holds after 100,000 of them beside before.

use std::io;
use std::time::{Duration, Instant};

use http::HeaderValue;
use siohook_benches::{Request, Subject, builder};
use siohook_lab::{full_or_brief, resident_bytes, row};

const MIB: usize = 1024 * 1024;

fn main() -> io::Result<()> {
    let count: u32 = full_or_brief(100_000, 200);
    let dispatcher = builder()
        .allow_no_handlers()
        .build()
        .expect("the configuration is right");
    // Opens ever more arrays, so a parser of it would need time and memory.
    let signed = Request::account("SALE_NEW", &"[".repeat(MIB), 0);
    let hashing = Subject::hashing();

    let (mut to_hash, mut to_refuse) = (Duration::ZERO, Duration::ZERO);
    let before = resident_bytes()?;
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
    let after = resident_bytes()?;

    let micros = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(count);
    row(
        "refusing a forged body of 1 MiB, µs",
        &format!("{:.0}", micros(to_refuse)),
        &format!("hashing it: {:.0}", micros(to_hash)),
        &format!("{:.3}", to_refuse.as_secs_f64() / to_hash.as_secs_f64()),
        &format!("{count} bodies"),
    );
    row(
        "memory after refusing them, KiB",
        &format!("{:.0}", after / 1024.0),
        &format!("before: {:.0}", before / 1024.0),
        &format!("{:.3}", after / before),
        "",
    );
    Ok(())
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}
