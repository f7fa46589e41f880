//! Files that are written from the catalogue: `UPDATE_CATALOGUE=1` writes them.

use std::fs;
use std::path::Path;

use siohook::describe::Description;
use siohook::event::{Event, events};

#[test]
fn the_catalogue_is_current() {
    let page = siohook_docs::markdown(&Description::of_catalogue());
    assert_current("catalogue/catalogue.md", &page);
}

#[test]
fn the_table_of_the_readme_is_current() {
    const START: &str = "<!-- events: written by UPDATE_CATALOGUE=1 -->\n";
    const END: &str = "<!-- /events -->\n";

    let row = |event: &Event| {
        let (name, mechanism, summary) = (event.name(), event.mechanism(), event.summary());
        let payload = event.payload();
        let unified = event.unified();
        let unified = unified.map_or_else(String::new, |name| format!("`unified::{name}`"));
        format!("| `{name}`<br>{summary} | {mechanism} | `{mechanism}::{payload}` | {unified} |\n")
    };
    let head =
        "| event, and when it is sent | sent by | payload | unified type |\n|---|---|---|---|\n";
    let rows: String = events().iter().map(row).collect();
    let readme = read("README.md");
    let (before, rest) = readme.split_once(START).expect("the table begins");
    let (_, after) = rest.split_once(END).expect("the table ends");
    let text = [before, START, head, &rows, END, after].concat();
    assert_current("README.md", &text);
}

#[test]
fn the_samples_of_the_documentation_are_current() {
    let sample = |event: &Event, variant: &str| {
        let dot = if variant.is_empty() { "" } else { "." };
        let file = format!("{}{dot}{variant}", event.name());
        let body = read(&format!("fixtures/{}/{file}.json", event.mechanism()));
        format!("\n`{file}`:\n\n```json\n{}\n```\n", indented(&body))
    };
    let arm = |event: &Event| {
        let samples: String = event.variants().map(|it| sample(event, it)).collect();
        let payload = event.payload();
        format!("    ({payload}) => {{\n        r#\"# Sample body\n{samples}\"#\n    }};\n")
    };
    let arms: String = events().iter().map(arm).collect();
    let source = format!(
        "// Written from `fixtures/` by `UPDATE_CATALOGUE=1 cargo test -p siohook-docs`.

/// The last lines of a payload's documentation.
macro_rules! sample {{
{arms}    // An event that is new.
    ($payload:ident) => {{
        \"\"
    }};
}}
"
    );
    assert_current("crates/siohook-events/src/samples.rs", &source);
}

/// Adds white space to compact JSON. Strings and numbers stay as they are spelled.
fn indented(json: &str) -> String {
    let (mut text, mut depth) = (String::new(), 0);
    let mut is_string = false;
    let mut characters = json.chars().peekable();
    while let Some(character) = characters.next() {
        let is_empty = |next: Option<&char>| matches!(next, Some('}' | ']'));
        match character {
            '\\' => text.extend([character, characters.next().unwrap()]),
            '"' => {
                is_string = !is_string;
                text.push(character);
            }
            _ if is_string => text.push(character),
            '{' | '[' if is_empty(characters.peek()) => {
                text.extend([character, characters.next().unwrap()]);
            }
            '{' | '[' => {
                depth += 1;
                text.push(character);
                text += &line(depth);
            }
            '}' | ']' => {
                depth -= 1;
                text += &line(depth);
                text.push(character);
            }
            ',' => {
                text.push(character);
                text += &line(depth);
            }
            ':' => text += ": ",
            _ => text.push(character),
        }
    }
    text
}

fn line(depth: usize) -> String {
    "\n".to_owned() + &"  ".repeat(depth)
}

/// Compares a file of the repository with the text that it should have.
#[track_caller]
fn assert_current(path: &str, text: &str) {
    if std::env::var_os("UPDATE_CATALOGUE").is_some() {
        fs::write(root().join(path), text).unwrap();
    }
    assert!(
        read(path) == text,
        "{path} is out of date: run `UPDATE_CATALOGUE=1 cargo test -p siohook-docs`"
    );
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_default()
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}
