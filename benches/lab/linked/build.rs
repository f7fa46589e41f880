//! Writes the handlers of the program. `LINKED_HANDLERS` is their number, 17 by default.

use std::fmt::Write;
use std::path::PathBuf;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-env-changed=LINKED_HANDLERS");
    let count = env::var("LINKED_HANDLERS").map_or(17, |count| {
        count.parse().expect("LINKED_HANDLERS is a number")
    });
    println!("cargo::rustc-env=LINKED_HANDLERS={count}");
    let folder = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets `OUT_DIR`"));
    fs::write(folder.join("handlers.rs"), handlers(count)).expect("cargo creates `OUT_DIR`");
}

/// The source of `count - 1` handlers; `main.rs` has the first, of `CONTACT_TAG_ADDED`.
/// Half handle another event. The other half each handle another unlisted name.
fn handlers(count: u32) -> String {
    let mut text = String::new();
    for number in 1..count {
        let event = if number % 2 == 0 {
            "\"contact.page.visited\"".to_owned()
        } else {
            format!("unlisted(\"contact.custom.{number}\")")
        };
        let _ = write!(
            text,
            "
#[on_event({event})]
async fn handler_{number}(delivery: &siohook::Delivery) {{
    black_box(delivery);
}}
"
        );
    }
    text
}
