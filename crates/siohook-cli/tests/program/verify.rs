//! `siohook verify`. What is tried, and its sentences, are tested with `siohook::explain`.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::json;
use siohook_sender::{Capture, Sample, sign};

use crate::run::{Ended, SECRET, TOKEN, end, program, run_with};

fn verify(words: &[&str]) -> Command {
    let mut command = program();
    command
        .arg("verify")
        .args(words)
        .env("SYSTEME_WEBHOOK_SECRET", SECRET)
        .env("SYSTEME_WEBHOOK_TOKEN", TOKEN)
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::null());
    command
}

/// A folder with a request in a file.
fn file(sample: &Sample) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sale.http");
    let bytes = sample.request("/systeme").unwrap().to_http1();
    let (head, body) = bytes.split_at(bytes.len() - sample.body().len());
    let capture = Capture::new(head.to_vec(), body.to_vec()).unwrap();
    fs::write(&path, capture.to_bytes()).unwrap();
    let path = path.display().to_string();
    (folder, path)
}

fn run(words: &[&str]) -> Ended {
    end(&mut verify(words))
}

#[test]
fn a_line_says_whether_it_is_verified() {
    let (_folder, path) = file(&Sample::of("SALE_NEW").signed_with(SECRET));
    let ended = run(&[&path]).good();
    let line = format!("{path}  SALE_NEW  ✔ verified: signed with SYSTEME_WEBHOOK_SECRET\n");
    assert_eq!((&*ended.stdout, &*ended.stderr), (&*line, ""));
    let (_folder, path) = file(&Sample::of("contact.tag.added").token(TOKEN));
    let ended = run(&[&path]).good();
    assert!(
        ended
            .stdout
            .ends_with("✔ verified: the URL has SYSTEME_WEBHOOK_TOKEN\n")
    );
    let (_folder, path) = file(&Sample::of("SALE_NEW").signed_with("another"));
    let ended = run(&[&path]);
    assert_eq!(ended.code, 1);
    assert!(
        ended
            .stdout
            .contains("✘ not verified: signature_wrong (401). "),
        "{ended:?}"
    );
}

#[test]
fn steps_name_each_secret_and_the_byte_that_differs() {
    let sample = Sample::of("SALE_NEW").signed_with(SECRET).tampered(|body| {
        let text = String::from_utf8(body.clone()).unwrap();
        *body = text.replacen("\\u00e9", "é", 1).into_bytes();
    });
    let (folder, path) = file(&sample);
    let old = folder.path().join("old.txt");
    fs::write(&old, "of last year\n").unwrap();
    let old = format!("old=file:{}", old.display());
    let words = [
        &*path,
        "--explain",
        "--secret",
        "main=env:SYSTEME_WEBHOOK_SECRET",
        "--secret",
        &old,
    ];
    let ended = run(&words);
    assert_eq!(ended.code, 1);
    for text in [
        "  ✔ file        as it was received",
        "  ✘ old ",
        "  ✔ main        fits the body once normalised",
        "     byte ",
        "not verified: signature_wrong (401).",
    ] {
        assert!(ended.stdout.contains(text), "{text} {ended:?}");
    }
    let json = end(verify(&words).arg("--json")).json();
    assert_eq!(
        (&json[0]["type"], &json[0]["code"]),
        (&json!("verdict"), &json!("signature_wrong"))
    );
    for ended in [ended, end(verify(&words).arg("--json"))] {
        let right = sign(SECRET, sample.body());
        for hidden in [SECRET, "of last year", &right] {
            assert!(!ended.stdout.contains(hidden) && !ended.stderr.contains(hidden));
        }
    }
}

#[test]
fn the_body_of_another_delivery_of_the_message_is_tried() {
    let folder = tempfile::tempdir().unwrap();
    let sale = Sample::of("SALE_NEW").signed_with(SECRET);
    let other = sale.clone().tampered(|body| body.insert(1, b'!'));
    for (id, sample) in [("aaaaaa", &sale), ("bbbbbb", &other)] {
        let bytes = sample.request("/systeme").unwrap().to_http1();
        let capture = Capture::read(bytes).unwrap().with_name(id);
        let name = format!("20261126T110213.482913Z_{id}_SALE_NEW.http");
        fs::write(folder.path().join(name), capture.to_bytes()).unwrap();
    }
    let store = folder.path().display().to_string();
    let ended = run(&["bbb", "--store", &store, "--explain"]);
    assert!(ended.stdout.contains("aaaaaa "), "{ended:?}");
}

#[test]
fn a_body_alone_has_its_signature_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let body = folder.path().join("body.json");
    fs::write(&body, r#"{"contact":{}}"#).unwrap();
    let signature = sign(SECRET, br#"{"contact":{}}"#);
    let body = body.display().to_string();
    let words = [
        "--event",
        "CONTACT_CREATED",
        "--signature",
        &signature,
        "--body",
        &body,
    ];
    run(&words).good();
    let wrong = run(&[
        "--event",
        "CONTACT_CREATED",
        "--signature",
        "abc",
        "--body",
        &body,
    ]);
    assert!(wrong.stdout.contains("signature_malformed"), "{wrong:?}");
}

#[test]
fn no_secret_or_no_delivery_is_exit_2() {
    let (_folder, path) = file(&Sample::of("SALE_NEW"));
    let mut without = verify(&[&path]);
    without
        .env_remove("SYSTEME_WEBHOOK_SECRET")
        .env_remove("SYSTEME_WEBHOOK_TOKEN");
    let ended = end(&mut without);
    assert_eq!((ended.code, &*ended.stdout), (2, ""));
    assert!(
        ended.stderr.contains("export SYSTEME_WEBHOOK_SECRET=…"),
        "{ended:?}"
    );
    let ended = end(verify(&[&path]).env_remove("SYSTEME_WEBHOOK_SECRET"));
    assert_eq!((ended.code, &*ended.stdout), (2, ""), "{ended:?}");
    let ended = run_with(b"hello", &["verify", "-", "--secret", "env:PATH"]);
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("this is not a request"), "{ended:?}");
    assert_eq!(run(&["missing.http"]).code, 4);
    assert_eq!(run(&[]).code, 2);
}
