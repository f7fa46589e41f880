use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use siohook_sender::Mechanism;

use super::*;

/// The files of the folder, by mechanism and file name.
fn files() -> BTreeMap<String, Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let files = |folder: &'static str| {
        let files = fs::read_dir(root.join(folder)).unwrap();
        files.map(move |file| {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            (format!("{folder}/{name}"), fs::read(&path).unwrap())
        })
    };
    files("account").chain(files("automation")).collect()
}

/// Each file is a variant of a listed event, and each variant has a file.
#[test]
fn files_and_variants_are_the_same() {
    let mut variants = BTreeMap::new();
    for event in siohook_events::events() {
        for variant in event.variants() {
            let dot = if variant.is_empty() { "" } else { "." };
            let file = format!("{}/{}{dot}{variant}.json", event.mechanism(), event.name());
            let sample = Sample::variant(event.name(), variant);
            assert_eq!(sample.event(), event.name());
            variants.insert(file, sample.body().to_vec());
        }
    }
    let files = files();
    assert_eq!(
        variants.keys().collect::<Vec<_>>(),
        files.keys().collect::<Vec<_>>()
    );
    assert!(
        variants == files,
        "the body of a variant differs from its file"
    );
    assert_eq!(Sample::all().len(), files.len());
}

#[test]
fn an_account_webhook_has_the_captured_headers() {
    let captured = include_str!("../../../../fixtures/account-headers.json");
    let captured: BTreeMap<String, String> = serde_json::from_str(captured).unwrap();
    let sale = Sample::of("SALE_NEW").with_fixed_ids();
    let signature = siohook_sender::sign(siohook_sender::SECRET, sale.body());
    let headers = sale.headers();
    let names: BTreeSet<_> = headers.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), headers.len());
    assert_eq!(names, captured.keys().collect());
    for (name, value) in &headers {
        match &**name {
            "x-webhook-signature" => assert_eq!(*value, signature),
            name => assert_eq!(*value, captured[name], "{name}"),
        }
    }
    // The file has them in the order of the wire.
    let file = include_str!("../../../../fixtures/account-headers.json");
    let places = headers
        .iter()
        .map(|(name, _)| file.find(&format!("\"{name}\"")));
    assert!(places.is_sorted());
    assert_eq!(sale.mechanism(), Mechanism::Account);
}
