//! The page `catalogue/catalogue.md`.

use std::fs;
use std::path::Path;

use siohook::describe::Description;

#[test]
fn the_catalogue_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue/catalogue.md");
    let page = siohook_docs::markdown(&Description::of_catalogue());
    if std::env::var_os("UPDATE_CATALOGUE").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == page,
        "catalogue.md is out of date: run this test with UPDATE_CATALOGUE=1"
    );
}
