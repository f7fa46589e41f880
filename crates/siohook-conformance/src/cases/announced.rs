//! Lengths that no server can allocate. These cases run last, because they may abort the
//! server.

use std::thread::sleep;
use std::time::Duration;

use crate::automation;
use crate::case::Case;
use crate::expected::DONE;
use crate::failure::Checked;
use crate::target::Target;

/// Announces a length, hangs up after a while, and checks that the server continues. Any
/// response to the announcement is allowed, because a server may not accept all lengths.
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
    "a huge Content-Length does not abort the server",
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
