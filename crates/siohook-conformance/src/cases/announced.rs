//! Lengths that no server can make room for. Last, as they may end it.

use std::thread::sleep;
use std::time::Duration;

use crate::automation;
use crate::case::Case;
use crate::expected::DONE;
use crate::failure::Checked;
use crate::target::Target;

/// Announces a length, hangs up after a while, and tries whether the server goes
/// on. What it answers before, if anything, is up to it: not all of these are
/// numbers to every server.
fn survives(target: Target, length: &str) -> Checked {
    let request = automation::tag_added()
        .cut(vec![])
        .without("Transfer-Encoding")
        .with("Content-Length", length);
    let mut connection = target.connect()?;
    connection.send(&request.head())?;
    connection.send(b"{")?;
    sleep(Duration::from_millis(300));
    connection.hang_up();
    sleep(Duration::from_millis(300));
    target
        .answers(&automation::tag_added(), DONE)
        .map_err(|failure| failure.at(&format!("after Content-Length: {length}")))
}

pub(super) const CASES: &[Case] = &[Case::new(
    "announced_terabytes",
    "no Content-Length, however large, ends the server",
    |target| {
        for length in [
            "900000000000000",
            "18446744073709551615",
            "18446744073709551616",
        ] {
            survives(target, length)?;
        }
        Ok(())
    },
)];
