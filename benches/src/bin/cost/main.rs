//! What siohook adds to the time that a server takes to compile, and to its
//! size, and what 400 handlers do.
//!
//! ```sh
//! cargo run --release -p siohook-benches --bin cost [-- --write]
//! ```
//!
//! Each server is built from nothing, its dependencies included. That takes
//! some minutes.

mod programs;

use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;
use std::{env, fs};

use programs::{PROGRAMS, Program};
use rustix::param::clock_ticks_per_second;
use siohook_benches::generated::Package;
use siohook_benches::section;

/// What one program costs.
struct Cost {
    dev: Build,
    /// After a change in its own source.
    again: Build,
    release: Build,
    bytes: u64,
    stripped: u64,
}

/// Seconds.
struct Build {
    wall: f64,
    processor: f64,
}

fn main() {
    let mut table = "\
| program | `cargo build` | after a change | `cargo build --release` | program | stripped |
|---|--:|--:|--:|--:|--:|
"
    .to_owned();
    for program in PROGRAMS {
        let cost = measure(&program);
        let kb = |bytes: u64| bytes / 1000;
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} | {} kB | {} kB |",
            program.what,
            cost.dev,
            cost.again,
            cost.release,
            kb(cost.bytes),
            kb(cost.stripped)
        );
    }
    section::publish("cost", &table);
}

fn measure(program: &Program) -> Cost {
    let source = (program.source)();
    let package = Package::write("server", program.dependencies, &[("src/main.rs", &source)]);
    let target = env::temp_dir().join(format!("siohook-cost-{}", std::process::id()));
    package.cargo(&target, &["fetch"]);
    let build = |arguments: &[&str]| {
        let (wall, processor) = (Instant::now(), processor_seconds());
        package.cargo(&target, arguments);
        Build {
            wall: wall.elapsed().as_secs_f64(),
            processor: processor_seconds() - processor,
        }
    };
    let dev = build(&["build"]);
    package.replace("src/main.rs", ":3000", ":3001");
    let again = build(&["build"]);
    let release = build(&["build", "--release"]);
    let file = target.join("release/server");
    let bytes = length(&file);
    let stripped = target.join("stripped");
    let status = Command::new("strip")
        .arg(&file)
        .arg("-o")
        .arg(&stripped)
        .status();
    assert!(status.is_ok_and(|status| status.success()), "no `strip`");
    let stripped = length(&stripped);
    fs::remove_dir_all(&target).expect("it is ours");
    Cost {
        dev,
        again,
        release,
        bytes,
        stripped,
    }
}

fn length(file: &Path) -> u64 {
    fs::metadata(file).expect("it was built").len()
}

/// Of all processes that have ended that this one started, and those that they
/// did.
fn processor_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("this is Linux");
    // After the name, which may hold anything: state, and `cutime` 13 later.
    let (_, fields) = stat.rsplit_once(')').expect("the name is in parentheses");
    let ticks = fields.split_whitespace().skip(13).take(2);
    let ticks: f64 = ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
    ticks / f64::from(u32::try_from(clock_ticks_per_second()).expect("it is 100"))
}

impl std::fmt::Display for Build {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.1} s ({:.1})", self.wall, self.processor)
    }
}
