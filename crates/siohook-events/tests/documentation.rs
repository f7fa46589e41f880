//! Every public type has an example, and every public function is called in one.

use std::fs;
use std::path::Path;

/// Reads the lines of documentation, and returns the code in them.
fn examples(lines: &[&str]) -> String {
    let docs = lines
        .iter()
        .filter_map(|line| line.strip_prefix("///").or(line.strip_prefix("//!")));
    let docs: Vec<&str> = docs.collect();
    docs.join("\n").split("```").skip(1).step_by(2).collect()
}

/// Adds the public items of a file that lack an example, and returns how many there are.
fn check(file: &Path, missing: &mut Vec<String>) -> usize {
    let source = fs::read_to_string(file).unwrap();
    let lines: Vec<&str> = source.lines().map(str::trim_start).collect();
    let all = examples(&lines);
    let (mut count, mut above) = (0, vec![]);
    for line in lines {
        above.push(line);
        let item = line.strip_prefix("pub ").unwrap_or_default();
        let item = item.strip_prefix("const ").unwrap_or(item);
        let (kind, rest) = item.split_once(' ').unwrap_or_default();
        let name = rest.split(['(', '<']).next().unwrap();
        let has_example = match kind {
            "fn" => all.contains(&format!("{name}(")),
            "struct" | "enum" => {
                let made = above.contains(&"#[doc = example!($name)]");
                made || !examples(&above).is_empty()
            }
            _ => true,
        };
        count += usize::from(["fn", "struct", "enum"].contains(&kind));
        if !has_example {
            missing.push(format!("{}: {line}", file.display()));
        }
        if line.is_empty() || line.starts_with("pub ") {
            above.clear();
        }
    }
    count
}

fn check_all(folder: &Path, missing: &mut Vec<String>) -> usize {
    let paths = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let count = |path: std::path::PathBuf| match path.file_name() {
        // It is hidden from the documentation.
        Some(name) if name == "shown.rs" => 0,
        _ if path.is_dir() => check_all(&path, missing),
        _ => check(&path, missing),
    };
    paths.map(count).sum()
}

#[test]
fn every_public_item_has_an_example() {
    let mut missing = vec![];
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let count = check_all(&sources, &mut missing);
    assert!(missing.is_empty(), "no example:\n{}", missing.join("\n"));
    assert!(count > 80, "{count}");
}
