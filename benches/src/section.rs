//! Sections of the README that programs write.

use std::fs;

use crate::machine;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

/// Prints a section, and with the argument `--write` puts it into the README,
/// between `<!-- name -->` and `<!-- /name -->`. Where it was measured is
/// written below it.
///
/// # Panics
///
/// The README has no such section, or can't be written.
pub fn publish(name: &str, text: &str) {
    let section = format!("\n{}\n\n{}\n", text.trim(), machine::sentence());
    println!("{section}");
    if !is_written() {
        return;
    }
    let readme = fs::read_to_string(README).expect("there is a README");
    let replaced = replace(&readme, name, &section)
        .unwrap_or_else(|| panic!("the README has no section {name:?}"));
    fs::write(README, replaced).expect("the README can be written");
}

/// Whether the argument `--write` was given.
#[must_use]
pub fn is_written() -> bool {
    std::env::args().any(|argument| argument == "--write")
}

fn replace(readme: &str, name: &str, section: &str) -> Option<String> {
    let (start, end) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let (before, rest) = readme.split_once(&start)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{start}\n{section}\n{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_replaced_and_nothing_else() {
        let readme = "a <!-- x -->old<!-- /x --> b <!-- y -->old<!-- /y -->";
        assert_eq!(
            replace(readme, "x", "new").unwrap(),
            "a <!-- x -->\nnew\n<!-- /x --> b <!-- y -->old<!-- /y -->"
        );
        assert_eq!(replace(readme, "z", "new"), None);
    }
}
