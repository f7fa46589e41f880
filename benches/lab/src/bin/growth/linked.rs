use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use siohook_benches::measure::Quantiles;
use siohook_lab::{full_or_brief, list};

use crate::grown;

/// The figures that a program prints, in this order, each with a note.
const MEASURED: [(&str, &str); 3] = [
    ("`build()`, µs", "once per process"),
    ("an event of the catalogue, ns", ""),
    ("a name that is not in the catalogue, ns", "a linear search"),
];

/// Builds `siohook-lab-linked` with each number of handlers, and runs all of them
/// in turn.
pub(crate) fn measure() -> Result<(), Box<dyn Error>> {
    let handlers = full_or_brief([17, 1_000, 10_000], [17, 50, 100]);
    // A separate folder: where this program was built, the other handlers are linked.
    let target = env::current_exe()?.with_file_name("linked");
    let programs = handlers.map(|count| build(count, &target));
    let programs = programs.into_iter().collect::<io::Result<Vec<_>>>()?;
    let mut runs = vec![];
    for _ in 0..full_or_brief(5, 1) {
        let run: Result<Vec<_>, _> = programs.iter().map(|program| run(program)).collect();
        runs.push(run?);
    }
    let sizes = format!("{} handlers linked", list(handlers));
    for (number, (what, note)) in MEASURED.iter().enumerate() {
        let median = |size: usize| Quantiles::of(runs.iter().map(|run| run[size][number])).median();
        grown(what, &sizes, [0, 1, 2].map(median), note);
    }
    Ok(())
}

fn build(handlers: u32, target: &Path) -> io::Result<PathBuf> {
    let status = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()))
        .args(["build", "--release", "--locked", "--quiet"])
        .args(["--package", "siohook-lab-linked", "--target-dir"])
        .arg(target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("LINKED_HANDLERS", handlers.to_string())
        .status()?;
    if !status.success() {
        return Err(io::Error::other(format!("{handlers} handlers: {status}")));
    }
    let program = target.join(format!("with-{handlers}"));
    fs::copy(target.join("release/siohook-lab-linked"), &program)?;
    Ok(program)
}

fn run(program: &Path) -> Result<[f64; MEASURED.len()], Box<dyn Error>> {
    let output = Command::new(program).output()?;
    let text = String::from_utf8(output.stdout)?;
    let figures: Result<Vec<f64>, _> = text.split_whitespace().map(str::parse).collect();
    let figures = figures?.try_into();
    figures.map_err(|_| format!("{}: {}", program.display(), output.status).into())
}
