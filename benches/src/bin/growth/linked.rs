use std::fmt::Write;
use std::process::Command;

use siohook_benches::generated::{Package, shared_target};
use siohook_benches::linked::Measured;
use siohook_benches::plot::{Line, Plot};

use crate::Growth;

const HANDLERS: [u32; 5] = [1, 17, 100, 1_000, 10_000];

const RUNS: usize = 5;

/// One program for each number, because each has one registry.
pub(crate) fn measure() -> Growth {
    let programs: Vec<(String, String)> = HANDLERS
        .map(|count| (format!("src/bin/linked_{count}.rs"), program(count)))
        .into();
    let files: Vec<_> = programs
        .iter()
        .map(|(path, text)| (&**path, &**text))
        .collect();
    let dependencies = "siohook = { path = \"{root}/crates/siohook\" }\n\
        siohook-benches = { path = \"{root}/benches\", default-features = false }";
    let target = shared_target();
    Package::write("linked", dependencies, &files).cargo(&target, &["build", "--release"]);
    let run = |count: u32| {
        let program = target.join(format!("release/linked_{count}"));
        let output = Command::new(program).output().expect("it was built");
        let text = String::from_utf8_lossy(&output.stdout);
        Measured::parse(&text).unwrap_or_else(|| panic!("{count} handlers: {output:?}"))
    };
    // One after the other, several times.
    let runs: Vec<_> = (0..RUNS).map(|_| HANDLERS.map(run)).collect();
    let measured = [0, 1, 2, 3, 4].map(|at| {
        let same: Vec<_> = runs.iter().map(|run| &run[at]).collect();
        Measured::median(&same)
    });
    let mut table = "| handlers linked | `build()` | listed event | unlisted event |\n\
                     |--:|--:|--:|--:|\n"
        .to_owned();
    for (count, measured) in HANDLERS.iter().zip(&measured) {
        let unlisted = measured.unlisted.map(|nanos| format!("{nanos:.0} ns"));
        let _ = writeln!(
            table,
            "| {count} | {:.0} µs | {:.0} ns | {} |",
            measured.build / 1e3,
            measured.listed,
            unlisted.as_deref().unwrap_or("–")
        );
    }
    let line = |name, nanos: fn(&Measured) -> Option<f64>| Line {
        name,
        points: HANDLERS
            .iter()
            .zip(&measured)
            .filter_map(|(count, measured)| Some((f64::from(*count), nanos(measured)?)))
            .collect(),
    };
    Growth {
        table,
        plot: Plot {
            title: "Handlers linked into the program",
            x: "handlers",
            y: "ns",
            lines: vec![
                line("build()", |measured| Some(measured.build)),
                line("listed event", |measured| Some(measured.listed)),
                line("unlisted event", |measured| measured.unlisted),
            ],
        },
    }
}

/// A program with so many handlers, of which two listen to what is delivered:
/// half of the others listen to one event, and half to a name each that is not
/// in the catalogue.
fn program(count: u32) -> String {
    let delivered = if count == 1 {
        "None"
    } else {
        "Some(\"contact.custom.1\")"
    };
    let mut text = format!(
        r#"
use std::hint::black_box;
use siohook::{{account, on_event}};

fn main() {{
    siohook_benches::linked::Measured::here({delivered}).print();
}}

#[on_event("CONTACT_TAG_ADDED")]
async fn listed(event: account::ContactTagAdded) {{
    black_box(&event.contact.email);
}}
"#
    );
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
