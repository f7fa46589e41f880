//! Measures how much siohook adds to the build time and the size of a server, with
//! one handler and with 400. Each server is built from scratch with its
//! dependencies, which takes some minutes.

mod package;
mod programs;

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use package::Package;
use programs::{PAIRS, Program};
use siohook_lab::{full_or_brief, list, row};

/// Build times and sizes of a program.
struct Cost {
    builds: [Build; 3],
    /// The program as built, and stripped.
    bytes: [u64; 2],
}

/// Seconds of wall time and of CPU time.
struct Build {
    wall: f64,
    cpu: f64,
}

const BUILDS: [&str; 3] = [
    "`cargo build`",
    "`cargo build` after a change",
    "`cargo build --release`",
];
const SIZES: [&str; 2] = ["the program", "the program, stripped"];

fn main() -> io::Result<()> {
    let pairs = &PAIRS[..full_or_brief(PAIRS.len(), 1)];
    let mut costs = vec![];
    for pair in pairs {
        costs.push([measure(&pair.siohook)?, measure(&pair.compared_with)?]);
    }
    let programs = list(pairs.iter().map(|pair| pair.siohook.what));
    let compared_with = list(pairs.iter().map(|pair| pair.compared_with.what));
    let compare = |what: &str, figure: &dyn Fn(&Cost) -> f64, digits: usize, note: &str| {
        let column = |at: usize| {
            list(
                costs
                    .iter()
                    .map(|pair| format!("{:.digits$}", figure(&pair[at]))),
            )
        };
        let ratios = costs
            .iter()
            .map(|[ours, other]| figure(ours) / figure(other));
        row(
            &format!("{what}, with {programs}"),
            &column(0),
            &format!("{compared_with}: {}", column(1)),
            &list(ratios.map(|ratio| format!("{ratio:.2}"))),
            note,
        );
    };
    for (at, what) in BUILDS.iter().enumerate() {
        let cpu = |side: usize| {
            let seconds = costs.iter().map(|pair| pair[side].builds[at].cpu);
            list(seconds.map(|seconds| format!("{seconds:.1}")))
        };
        let note = format!("CPU: {} compared with {}", cpu(0), cpu(1));
        compare(
            &format!("{what}, s"),
            &|cost| cost.builds[at].wall,
            1,
            &note,
        );
    }
    for (at, what) in SIZES.iter().enumerate() {
        let kilobytes = |cost: &Cost| kilobytes(cost.bytes[at]);
        compare(&format!("{what}, kB"), &kilobytes, 0, "");
    }
    Ok(())
}

fn measure(program: &Program) -> io::Result<Cost> {
    eprintln!("cost: {}", program.what);
    let package = Package::write(program.dependencies, &(program.source)())?;
    package.cargo(&["fetch"])?;
    let build = |arguments: &[&str]| -> io::Result<Build> {
        let (wall, cpu) = (Instant::now(), children_cpu_time()?);
        package.cargo(arguments)?;
        Ok(Build {
            wall: wall.elapsed().as_secs_f64(),
            cpu: children_cpu_time()?.saturating_sub(cpu).as_secs_f64(),
        })
    };
    let dev = build(&["build"])?;
    package.replace(":3000", ":3001")?;
    let again = build(&["build"])?;
    let release = build(full_or_brief(&["build", "--release"], &["build"]))?;
    let program = package.program(full_or_brief("release", "debug"));
    let stripped = program.with_extension("stripped");
    let strip = Command::new("strip")
        .arg(&program)
        .arg("-o")
        .arg(&stripped)
        .status()?;
    if !strip.success() {
        return Err(io::Error::other(format!("strip: {strip}")));
    }
    let length = |file: &Path| fs::metadata(file).map(|file| file.len());
    Ok(Cost {
        builds: [dev, again, release],
        bytes: [length(&program)?, length(&stripped)?],
    })
}

/// CPU time of the child processes that have ended, and of their children.
fn children_cpu_time() -> io::Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = usage.user_time() + usage.system_time();
    Ok(Duration::new(
        micros.tv_sec().unsigned_abs(),
        u32::try_from(micros.tv_usec()).expect("there are fewer than a million") * 1000,
    ))
}

fn kilobytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes / 1000).expect("a program is smaller than 4 TB"))
}
