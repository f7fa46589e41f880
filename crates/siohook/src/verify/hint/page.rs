//! Generates the table of hints in the guide's page on observability.

use std::fmt::Write;
use std::fs;

use super::*;

const BEGIN: &str = "<!-- hints: written by UPDATE_HINTS=1 -->\n";
const END: &str = "<!-- /hints -->\n";

fn table() -> String {
    let mut table = "\n| code | hint | limited |\n|---|---|---|\n".to_owned();
    let mut rows = ROWS.to_vec();
    rows.sort_by_key(|(reason, ..)| *reason as u8);
    for (reason, text, is_limited) in rows {
        let limited = if is_limited { "yes" } else { "" };
        writeln!(table, "| `{reason}` | {text} | {limited} |").unwrap();
    }
    table + "\n"
}

#[test]
fn the_page_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/observability.md");
    let page = fs::read_to_string(path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (committed, after) = rest.split_once(END).unwrap();
    let table = table();
    if std::env::var_os("UPDATE_HINTS").is_some() {
        fs::write(path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
    } else {
        let how = "run this test with UPDATE_HINTS=1";
        assert!(committed == table, "the table is out of date: {how}");
    }
}
