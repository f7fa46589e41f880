//! What forged bodies cost: the time to refuse one beside the time to hash it, for one as
//! long as a sale and for one of 1 MiB, and what the process holds after 100,000 long ones
//! beside before.

use std::io;
use std::time::{Duration, Instant};

use http::HeaderValue;
use siohook::Dispatcher;
use siohook_benches::{Request, Subject, bodies, builder};
use siohook_lab::{full_or_brief, resident_bytes, row};

const MIB: usize = 1024 * 1024;

fn main() -> io::Result<()> {
    let count: u32 = full_or_brief(100_000, 200);
    // A log hears of each refusal.
    let dispatcher = builder()
        .allow_no_handlers()
        .on_reject(|_| ())
        .build()
        .expect("the configuration is right");

    refuse(&dispatcher, "a forged sale", &bodies::sale(), count);
    let before = resident_bytes()?;
    // Opens ever more arrays, so a parser of it would need time and memory.
    refuse(&dispatcher, "a forged body of 1 MiB", &"[".repeat(MIB), count);
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
