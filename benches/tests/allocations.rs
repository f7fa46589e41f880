//! Counts the allocations of a delivery, and explains each. The test fails if
//! they differ from the table in the README.
//!
//! ```sh
//! cargo test -p siohook-benches --test allocations [-- --write]
//! ```

use std::collections::BTreeMap;
use std::fmt::Write;
use std::{env, fs, process};

use serde::Deserialize;
use siohook_benches::{Case, Subject, cases, section};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// Paths of functions that allocate, and why. The first path that is in the
/// backtrace explains an allocation.
const EXPLAINED: &[(&str, &str)] = &[
    ("siohook::request::incoming::Incoming::query", "the query"),
    (
        "siohook::request::headers::Headers",
        "the headers that siohook reads, all in one buffer",
    ),
    ("siohook_events", "the payload: its strings, lists and maps"),
    (
        "siohook::delivery::Delivery",
        "what all clones of a delivery share, the payload included",
    ),
    (
        "siohook::dispatch::memory",
        "tables of the redelivery memory, which rarely grow",
    ),
    ("siohook::handler::future", "the handler's future"),
];

/// The path of optional features. They are on if the workspace is tested with all
/// features, and their allocations do not count.
const OPTIONAL: &str = "siohook::observe";

/// The number of deliveries that a dispatcher remembers by default.
const REMEMBERED: u32 = 10_000;

/// Enough that a table that grows during one of them rounds to zero.
const MEASURED: u32 = 64;

/// The number of allocations of a delivery, by index in [`EXPLAINED`].
type Sites = BTreeMap<usize, u64>;

fn main() {
    if !cfg!(debug_assertions) {
        println!("skipped: the backtraces of an optimised program lack functions");
        return;
    }
    let counts: Vec<[Sites; 2]> = cases()
        .iter()
        .map(|case| {
            let siohook = Subject::siohook(REMEMBERED as usize);
            [
                sites(case, &Subject::by_hand(), 0),
                sites(case, &siohook, REMEMBERED),
            ]
        })
        .collect();
    section::compare("allocations", &table(&counts));
}

/// Counts the allocations of a delivery after `before` others.
fn sites(case: &Case, subject: &Subject, before: u32) -> Sites {
    let request = |number: u32| case.request(number.into());
    (0..before).for_each(|number| subject.handle(&request(number)));
    let requests: Vec<_> = (before..before + MEASURED).map(request).collect();
    let file = env::temp_dir().join(format!("siohook-allocations-{}.json", process::id()));
    let profiler = dhat::Profiler::builder()
        .file_name(&file)
        .trim_backtraces(None)
        .build();
    for request in &requests {
        subject.handle(request);
    }
    drop(profiler);
    let text = fs::read_to_string(&file).expect("the profiler has written it");
    // A file that stays does no harm.
    let _ = fs::remove_file(&file);
    let profile: Profile = serde_json::from_str(&text).expect("the profiler writes JSON");
    let mut sites = Sites::new();
    for point in &profile.points {
        let frames: Vec<_> = point
            .frames
            .iter()
            .map(|&at| &*profile.frames[at])
            .collect();
        let innermost = frames.iter().find(|frame| is_in("siohook::", frame));
        if !innermost.is_some_and(|frame| is_in(OPTIONAL, frame)) {
            *sites.entry(explained(&frames)).or_default() += point.blocks;
        }
    }
    let half = u64::from(MEASURED) / 2;
    for blocks in sites.values_mut() {
        *blocks = (*blocks + half) / u64::from(MEASURED);
    }
    sites
}

/// The needed part of the profiler's JSON.
#[derive(Deserialize)]
struct Profile {
    #[serde(rename = "pps")]
    points: Vec<Point>,
    #[serde(rename = "ftbl")]
    frames: Vec<String>,
}

/// Allocations with one backtrace.
#[derive(Deserialize)]
struct Point {
    #[serde(rename = "tbk")]
    blocks: u64,
    /// The innermost first.
    #[serde(rename = "fs")]
    frames: Vec<usize>,
}

/// The index of the explanation.
fn explained(frames: &[&str]) -> usize {
    let explains = |(path, _): &(&str, &str)| frames.iter().any(|frame| is_in(path, frame));
    let found = EXPLAINED.iter().position(explains);
    found.unwrap_or_else(|| panic!("nothing explains this allocation: {frames:#?}"))
}

fn is_in(path: &str, frame: &str) -> bool {
    let function = frame.split_once(": ").map_or("", |(_, function)| function);
    function.trim_start_matches('<').starts_with(path)
}

fn table(counts: &[[Sites; 2]]) -> String {
    let names = cases();
    let names: String = names
        .iter()
        .map(|case| format!(" {} |", case.name()))
        .collect();
    let mut table = format!(
        "| what for |{names}\n|---|{}\n",
        "--:|".repeat(counts.len())
    );
    let row = |table: &mut String, what: &str, of: &dyn Fn(&Sites) -> u64| {
        let _ = write!(table, "| {what} |");
        for both in counts {
            let [by_hand, siohook] = both.each_ref().map(of);
            let _ = write!(table, " {by_hand} → {siohook} |");
        }
        table.push('\n');
    };
    for (at, (_, why)) in EXPLAINED.iter().enumerate() {
        let count = |sites: &Sites| *sites.get(&at).unwrap_or(&0);
        if counts.iter().flatten().any(|sites| count(sites) > 0) {
            row(&mut table, why, &count);
        }
    }
    row(&mut table, "**all**", &|sites| sites.values().sum());
    table
}
