//! Every allocation of a delivery, and why it is there. The README has the
//! table: a delivery that allocates otherwise is a failure.
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

/// What allocates, and why. The first that has a function in the backtrace is
/// the explanation.
const EXPLAINED: &[(&str, &str)] = &[
    ("siohook::request::incoming::Incoming::query", "the query"),
    (
        "siohook::request::headers::Headers",
        "the headers that mean something, all in one buffer",
    ),
    ("siohook_events", "the payload: its strings, lists and maps"),
    (
        "siohook::delivery::Delivery",
        "what all clones of a delivery share, the payload included",
    ),
    (
        "siohook::dispatch::memory",
        "tables of the redelivery memory, which grow now and then",
    ),
    ("siohook::handler::future", "the handler's future"),
];

/// Where features allocate that a program has to ask for, and that are on where the
/// whole workspace is tested with all of them.
const ASKED_FOR: &str = "siohook::observe";

/// As many as a dispatcher remembers by default.
const REMEMBERED: u32 = 10_000;

/// So many that the odd table that happens to grow in one of them does not count.
const MEASURED: u32 = 64;

/// How often a delivery allocates, by place in [`EXPLAINED`].
type Sites = BTreeMap<usize, u64>;

fn main() {
    if !cfg!(debug_assertions) {
        println!("skipped: an optimised program has lost which function is which");
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

/// Of a delivery, when there were others before.
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
    // Nothing is wrong if it stays.
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
        if !innermost.is_some_and(|frame| is_in(ASKED_FOR, frame)) {
            *sites.entry(explained(&frames)).or_default() += point.blocks;
        }
    }
    let half = u64::from(MEASURED) / 2;
    for blocks in sites.values_mut() {
        *blocks = (*blocks + half) / u64::from(MEASURED);
    }
    sites
}

/// The part that is needed of what the profiler writes.
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

/// The place of the explanation.
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
