//! The documents of `catalogue/`, for people who don't write Rust.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use siohook::describe::Description;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue")
}

/// Paths, and what belongs there.
fn documents() -> Vec<(PathBuf, Value)> {
    let catalogue = Description::of_catalogue();
    let mut documents = vec![
        (folder().join("asyncapi.json"), catalogue.asyncapi()),
        (folder().join("openapi.json"), catalogue.openapi()),
    ];
    documents.extend(siohook::events().iter().map(|event| {
        let path = folder()
            .join("schemas")
            .join(format!("{}.json", event.name()));
        (path, event.schema().to_value())
    }));
    documents
}

#[test]
fn the_catalogue_is_current() {
    let page = Description::of_catalogue().markdown();
    if std::env::var_os("UPDATE_CATALOGUE").is_some() {
        fs::create_dir_all(folder().join("schemas")).unwrap();
        fs::write(folder().join("catalogue.md"), &page).unwrap();
        for (path, document) in documents() {
            let text = serde_json::to_string_pretty(&document).unwrap();
            fs::write(path, format!("{text}\n")).unwrap();
        }
    }
    let how = "run it with UPDATE_CATALOGUE=1 in the environment";
    let committed = fs::read_to_string(folder().join("catalogue.md")).unwrap_or_default();
    assert!(committed == page, "the page is not current: {how}");
    for (path, document) in documents() {
        let committed = fs::read_to_string(&path).unwrap_or_default();
        let committed: Value = serde_json::from_str(&committed).unwrap_or_default();
        assert!(
            committed == document,
            "{} is not current: {how}",
            path.display()
        );
    }
    let mut written: Vec<PathBuf> = documents().into_iter().map(|(path, _)| path).collect();
    written.extend(["catalogue.md", "README.md"].map(|name| folder().join(name)));
    assert_eq!(files(), BTreeSet::from_iter(written));
}

fn files() -> BTreeSet<PathBuf> {
    let entries = |folder: PathBuf| fs::read_dir(folder).unwrap();
    let entries = entries(folder()).chain(entries(folder().join("schemas")));
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.is_file()).collect()
}
