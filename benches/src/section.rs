//! Sections of the README that programs write.

use std::fs;

use crate::machine;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

/// Prints a section and the machine it was measured on. With the argument `--write`,
/// writes both into the README, between `<!-- name -->` and `<!-- /name -->`.
///
/// # Panics
///
/// The README has no such section, or can't be written.
pub fn publish(name: &str, text: &str) {
    let section = format!("{}\n\n{}", text.trim(), machine::sentence());
    println!("{section}");
    if is_update() {
        write(README, name, &section);
    }
}

/// Checks that a section of the README has this text. With the argument `--write`,
/// writes the text instead.
///
/// # Panics
///
/// The section has another text, or is missing.
pub fn compare(name: &str, text: &str) {
    let text = text.trim();
    if is_update() {
        write(README, name, text);
        return;
    }
    let readme = fs::read_to_string(README).expect("the README can be read");
    let [_, section, _] = parts(&readme, name);
    assert!(
        section.trim() == text,
        "the section {name:?} of the README differs; to update it, add `--write`:\n{text}"
    );
}

/// Writes a section of a README.
///
/// # Panics
///
/// The README has no such section, or can't be written.
pub fn write(path: &str, name: &str, text: &str) {
    let readme = fs::read_to_string(path).expect("the README can be read");
    let [before, _, after] = parts(&readme, name);
    let replaced = format!("{before}\n{text}\n\n{after}");
    fs::write(path, replaced).expect("the README can be written");
}

/// The text before a section, in it and after it.
fn parts<'a>(readme: &'a str, name: &str) -> [&'a str; 3] {
    let start = format!("<!-- {name} -->\n");
    let end = format!("\n<!-- /{name} -->");
    let start = readme.find(&start).map(|at| at + start.len());
    let end = readme.find(&end).map(|at| at + 1);
    let (Some(start), Some(end)) = (start, end) else {
        panic!("the README has no section {name:?}");
    };
    [&readme[..start], &readme[start..end], &readme[end..]]
}

/// Whether the argument `--write` was given.
#[must_use]
pub fn is_update() -> bool {
    std::env::args().any(|argument| argument == "--write")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_found() {
        let readme = "a\n<!-- x -->\n\nold\n\n<!-- /x -->\nb\n<!-- y -->\n<!-- /y -->\n";
        let [before, section, after] = parts(readme, "x");
        assert_eq!(before, "a\n<!-- x -->\n");
        assert_eq!(section, "\nold\n\n");
        assert_eq!(after, "<!-- /x -->\nb\n<!-- y -->\n<!-- /y -->\n");
        assert_eq!(parts(readme, "y")[1], "");
    }
}
