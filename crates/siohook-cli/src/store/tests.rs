use std::env;
use std::process::Command;
use std::str::FromStr as _;

use super::*;

const HEAD: &str = "POST /systeme HTTP/1.1\r\nX-Webhook-Event: SALE_NEW\r\n\r\n";

fn store(folder: &Path) -> Store {
    Store {
        folder: folder.to_owned(),
        is_given: true,
        ids: Arc::default(),
    }
}

fn capture(event: &str, time: &str) -> Capture {
    let head = HEAD.replace("SALE_NEW", event);
    let capture = Capture::new(head, "{}").unwrap();
    capture.with_receipt(time.parse().unwrap(), None, None)
}

fn names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_record_is_a_file_that_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder.path().join("a/b"));
    let entry = store
        .record(capture("SALE_NEW", "2026-11-26T11:02:13.482913Z"))
        .unwrap();
    let name = format!("20261126T110213.482913Z_{}_SALE_NEW.http", entry.id);
    assert_eq!(names(&store.folder), [&*name]);
    assert_eq!(entry.path, store.folder.join(name));
    let contents = store.contents().unwrap();
    assert_eq!(
        (&*contents.entries, &*contents.skipped),
        (&[entry.clone()][..], &[][..])
    );
    let read = entry.read().unwrap();
    assert_eq!(
        (read.name(), read.head().as_ref()),
        (Some(&*entry.id), HEAD.as_bytes())
    );
    assert!(!read.is_edited());
    assert_eq!(entry.time.to_string(), "2026-11-26T11:02:13.482913Z");

    // Without a time of its own, it is received now. A whole second has six digits as well.
    let now = store.record(Capture::new(HEAD, "{}").unwrap()).unwrap();
    assert!(jiff::Timestamp::now().duration_since(now.time).as_secs() < 60);
    let whole = store
        .record(capture("SALE_NEW", "2026-11-26T11:02:13Z"))
        .unwrap();
    assert!(shown(&whole.path).contains("20261126T110213.000000Z_"));
    assert_eq!(store.contents().unwrap().entries[0], whole);
}

#[cfg(unix)]
#[test]
fn files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder.path().join("a/b"));
    let entry = store
        .record(capture("SALE_NEW", "2026-11-26T11:02:13Z"))
        .unwrap();
    store.log(&entry, &answered()).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(
        [&*folder.path().join("a"), &store.folder].map(mode),
        [0o700, 0o700]
    );
    assert_eq!([&*entry.path, &entry.log()].map(mode), [0o600, 0o600]);
}

#[test]
fn any_event_makes_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let long = "x".repeat(300);
    for (event, part) in [
        ("contact.tag.added", "contact.tag.added"),
        ("../../etc/passwd", "..-..-etc-passwd"),
        ("a b\u{e9}:*?\"<>|", "a-b--------"),
        ("a_b", "a_b"),
        ("", "unknown"),
        (&*long, &long[..64]),
    ] {
        let entry = store
            .record(capture(event, "2026-11-26T11:02:13Z"))
            .unwrap();
        assert!(
            shown(&entry.path).ends_with(&format!("_{part}.http")),
            "{entry:?}"
        );
        let contents = store.contents().unwrap();
        assert!(contents.entries.contains(&entry) && contents.skipped.is_empty());
    }
    let nameless = Capture::new("POST / HTTP/1.1\r\n\r\n", "").unwrap();
    assert!(shown(&store.record(nameless).unwrap().path).ends_with("_unknown.http"));
}

#[test]
fn an_id_is_taken_once() {
    let folder = tempfile::tempdir().unwrap();
    let entry = store(folder.path())
        .record(capture("A", "2026-11-26T11:02:13Z"))
        .unwrap();
    // Another process finds it.
    let store = store(folder.path());
    assert!(!store.take(&entry.id).unwrap());
    assert!(store.take("zzzzzz").unwrap());
    assert!(!store.take("zzzzzz").unwrap());
}

#[test]
fn the_message_id_is_read_as_the_whole_file_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let path = store
        .record(capture("A", "2026-11-26T11:02:13Z"))
        .unwrap()
        .path;
    let with = |line: &str| {
        let head = HEAD.replace("\r\n\r\n", &format!("\r\n{line}\r\n\r\n"));
        let capture = Capture::new(head, "X-Webhook-Message-Id: of-body");
        capture.unwrap().to_bytes()
    };
    for file in [
        with("x-WEBHOOK-message-id:  a b \t"),
        with("X-Other: a"),
        with("X-Webhook-Message-Id: \u{e9}"),
        with("X-Webhook-Message-Id: one\r\nX-Webhook-Message-Id: two"),
        b"\xef\xbb\xbfPOST / HTTP/1.1\nX-Webhook-Message-Id: plain\n\nX-Webhook-Message-Id: b"
            .to_vec(),
        b"### a\n# b\n\nPOST / HTTP/1.1\nA: b\nX-Webhook-Message-Id: plain\n\n".to_vec(),
    ] {
        fs::write(&path, &file).unwrap();
        let entry = Entry::of(&path).unwrap();
        let whole = entry.read().unwrap();
        let text = String::from_utf8_lossy(&file);
        assert_eq!(
            entry.message_id().unwrap().as_deref(),
            whole.message_id(),
            "{text}"
        );
    }
}

#[test]
fn ids_differ_while_threads_record() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..25 {
                    store.record(capture("A", "2026-11-26T11:02:13Z")).unwrap();
                }
            });
        }
    });
    let mut ids: Vec<_> = store
        .contents()
        .unwrap()
        .entries
        .into_iter()
        .map(|it| it.id)
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 100);
    assert!(
        names(folder.path())
            .iter()
            .all(|name| !name.starts_with('.'))
    );
}

fn answered() -> Deed {
    let at = "2026-11-26T11:02:13Z".to_owned();
    Deed::Answered { at, status: 200 }
}

#[test]
fn a_log_keeps_what_was_done_and_damaged_lines_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let entry = store.record(capture("A", "2026-11-26T11:02:13Z")).unwrap();
    assert!(entry.deeds().deeds.is_empty());
    let exchange = Exchange {
        at: "2026-11-26T11:02:14Z".to_owned(),
        to: "http://127.0.0.1:3000/systeme".to_owned(),
        status: Some(503),
        elapsed_ms: 14,
        headers: vec![("a".to_owned(), "b".to_owned())],
        body: "down".to_owned(),
        ..Exchange::default()
    };
    let replayed = Deed::Replayed {
        r#as: "same".to_owned(),
        exchange: exchange.clone(),
    };
    let deeds = [Deed::Forward(exchange.clone()), answered(), replayed];
    for deed in &deeds {
        store.log(&entry, deed).unwrap();
    }
    let text = fs::read_to_string(entry.log()).unwrap();
    assert!(
        text.starts_with(r#"{"type":"forward","at":"2026-11-26T11:02:14Z","to":"#),
        "{text}"
    );
    fs::write(
        entry.log(),
        format!("{text}oops\n{{\"type\":\"later\"}}\n{{\"ty"),
    )
    .unwrap();
    let log = entry.deeds();
    assert_eq!(log.deeds, deeds);
    assert_eq!(log.last(), Some(&exchange));
    assert!(!exchange.is_good());
    assert_eq!(log.skipped.len(), 3);
    assert!(log.skipped[0].ends_with(".log: line 4 is damaged, or of a newer version"));

    store.delete(&entry).unwrap();
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_delivery_is_named_in_many_ways() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let mut paths = vec![];
    for (second, id) in [(1, "k3f9qa"), (2, "k3w81m"), (3, "0c2h5e")] {
        let path = folder
            .path()
            .join(format!("20261126T11021{second}.000000Z_{id}_A.http"));
        fs::write(
            &path,
            capture("A", "2026-11-26T11:02:13Z")
                .with_name(id)
                .to_bytes(),
        )
        .unwrap();
        paths.push(path);
    }
    fs::write(folder.path().join("notes.http"), "").unwrap();
    let find = |text: &str| store.find(&Selector::from_str(text).unwrap());
    let id = |text: &str| find(text).unwrap().entry.unwrap().id;
    assert_eq!(id("@1"), "0c2h5e");
    assert_eq!(id("@3"), "k3f9qa");
    assert_eq!(id("k3f"), "k3f9qa");
    assert_eq!(id("0C2H5E"), "0c2h5e");
    assert_eq!(
        find(&paths[0].display().to_string())
            .unwrap()
            .capture
            .name(),
        Some("k3f9qa")
    );
    for (text, message, exit) in [
        (
            "k3",
            "2 deliveries have an id that begins with `k3`",
            Exit::Usage,
        ),
        ("zz", "no delivery has the id `zz`", Exit::Usage),
        (
            "@4",
            "there are 3 deliveries, so there is no @4",
            Exit::Usage,
        ),
        ("./missing.http", "./missing.http: No such file", Exit::Here),
    ] {
        let failure = find(text).unwrap_err();
        assert!(failure.message.starts_with(message), "{failure:?}");
        assert_eq!(failure.exit, exit);
    }
    for wrong in ["", "@", "@0", "@x"] {
        Selector::from_str(wrong).unwrap_err();
    }
    assert_eq!(Selector::from_str("-"), Ok(Selector::Stdin));
    let skipped = store.contents().unwrap().skipped;
    assert!(
        skipped[0].ends_with("notes.http: its name is not TIME_ID_EVENT.http"),
        "{skipped:?}"
    );
}

#[test]
fn a_store_among_a_user_s_files_stays_out_of_git() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    let store = store(&folder.path().join("sub/store"));
    store.record(capture("A", "2026-11-26T11:02:13Z")).unwrap();
    let file = |name: &str| fs::read_to_string(store.folder.join(name)).unwrap();
    assert_eq!(
        (&*file(".gitignore"), &*file(".gitattributes")),
        ("*\n", "*.http -text\n")
    );
    // A user's own stays.
    fs::write(store.folder.join(".gitignore"), "*.log\n").unwrap();
    store.record(capture("A", "2026-11-26T11:02:13Z")).unwrap();
    assert_eq!(file(".gitignore"), "*.log\n");
}

#[test]
fn a_store_that_can_t_be_used_is_exit_4() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for folder in [file.clone(), file.join("below")] {
        let store = store(&folder);
        let failure = store
            .record(capture("A", "2026-11-26T11:02:13Z"))
            .unwrap_err();
        assert_eq!((failure.exit, failure.code), (Exit::Here, "store"));
        assert_eq!(store.contents().unwrap_err().exit, Exit::Here);
    }
    // The usual one need not be there yet.
    let folder = folder.path().join("missing");
    let usual = Store {
        folder,
        is_given: false,
        ids: Arc::default(),
    };
    assert!(usual.contents().unwrap().entries.is_empty());
    assert_eq!(
        store(&usual.folder).contents().unwrap_err().exit,
        Exit::Here
    );
}

/// Started by the next test, under a tracer.
#[test]
#[ignore = "it is a part of another test"]
fn record_one() {
    let folder = env::var_os("SIOHOOK_TEST_FOLDER").unwrap();
    store(Path::new(&folder))
        .record(capture("A", "2026-11-26T11:02:13Z"))
        .unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_record_is_synced_before_it_is_told() {
    let folder = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).unwrap();
    let trace = folder.path().join("trace");
    let mut strace = Command::new("strace");
    strace
        .args(["-f", "-y", "-e", "trace=/^(fsync|rename.*|mkdir.*)$", "-o"])
        .arg(&trace);
    strace.arg(env::current_exe().unwrap());
    strace.args(["--exact", "store::tests::record_one", "--ignored"]);
    let run = strace
        .env("SIOHOOK_TEST_FOLDER", folder.path().join("new/store"))
        .output();
    let Ok(trace) = fs::read_to_string(&trace) else {
        assert!(
            env::var_os("SIOHOOK_SKIP_NOTHING").is_none(),
            "strace can't trace: {run:?}"
        );
        eprintln!("skipped: strace is not installed, or may not trace");
        return;
    };
    assert!(run.unwrap().status.success());
    let calls: Vec<_> = trace
        .lines()
        .filter_map(|line| line.split_once(' '))
        .collect();
    let call = |name: &str, end: &str| {
        let found = calls.iter().position(|(_, call)| {
            let call = call.trim_start();
            call.starts_with(name) && call.contains(end)
        });
        found.unwrap_or_else(|| panic!("no {name} of {end} in {trace}"))
    };
    let made = call("mkdir", "new/store\"");
    let folder_above = call("fsync", "/new>");
    let file = call("fsync", ".part>");
    let renamed = call("rename", "_A.http");
    let folder = call("fsync", "/new/store>");
    assert!(made < folder_above && folder_above < file && file < renamed && renamed < folder);
}
