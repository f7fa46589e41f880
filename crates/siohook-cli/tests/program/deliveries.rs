//! Recorded deliveries: listed, shown, deleted.

mod show;

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use siohook_sender::Capture;

use crate::run::{Ended, end, has, program};

pub(crate) const SALE: &str = "POST /systeme?token=b7e1 HTTP/1.1\r\n\
    Host: calm-river.example.com\r\n\
    X-Forwarded-For: 203.0.113.7\r\n\
    X-Webhook-Event: SALE_NEW\r\n\
    X-Webhook-Message-Id: m-1\r\n\
    X-Webhook-Signature: 0123\r\n\
    Content-Length: 39\r\n\r\n";
pub(crate) const SALE_BODY: &str = r#"{"customer":{"email":"l\u00e9a@a.fr"}} "#;
const TAG: &str = r#"{"type":"contact.tag.added","data":{}}"#;

/// A store whose files a test wrote.
pub(crate) struct Kept {
    pub(crate) folder: tempfile::TempDir,
}

impl Kept {
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    pub(crate) fn new() -> Self {
        let kept = Self::empty();
        kept.add("k3f9qa", "2026-11-26T11:02:13.482913Z", SALE, SALE_BODY);
        kept.add("0c2h5e", "2026-11-26T11:02:14.000000Z", SALE, SALE_BODY);
        kept.add(
            "w81mzt",
            "2026-11-26T11:02:15.000000Z",
            "POST / HTTP/1.1\r\n\r\n",
            TAG,
        );
        kept
    }

    pub(crate) fn add(&self, id: &str, time: &str, head: &str, body: &str) -> PathBuf {
        self.add_bytes(id, time, head.as_bytes(), body.as_bytes())
    }

    pub(crate) fn add_bytes(&self, id: &str, time: &str, head: &[u8], body: &[u8]) -> PathBuf {
        let capture = Capture::new(head.to_vec(), body.to_vec()).unwrap();
        let peer = Some(([127, 0, 0, 1], 51544).into());
        let capture = capture
            .with_name(id)
            .with_receipt(time.parse().unwrap(), peer, None);
        let event: String = capture.event().unwrap_or_default();
        let event: String = event.chars().filter(char::is_ascii_graphic).collect();
        let time: jiff::Timestamp = time.parse().unwrap();
        let time = time.strftime("%Y%m%dT%H%M%S%.6fZ");
        let path = self.folder.path().join(format!("{time}_{id}_{event}.http"));
        fs::write(&path, capture.to_bytes()).unwrap();
        path
    }

    pub(crate) fn log(&self, name: &str, lines: &str) {
        fs::write(self.folder.path().join(name), lines).unwrap();
    }

    pub(crate) fn command(&self, words: &[&str]) -> std::process::Command {
        let mut program = program();
        program.arg("deliveries").args(words).stdin(Stdio::null());
        program.env("SIOHOOK_STORE", self.folder.path());
        program
    }

    pub(crate) fn run(&self, words: &[&str]) -> Ended {
        end(&mut self.command(words))
    }

    pub(crate) fn bytes(&self, words: &[&str]) -> Vec<u8> {
        let output = self.command(words).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        output.stdout
    }

    fn ids(&self, words: &[&str]) -> Vec<String> {
        let listed = self.run(&[&["list"], words].concat()).good().stdout;
        let ids = listed
            .lines()
            .map(|line| line.split('\t').next().unwrap().to_owned());
        ids.collect()
    }
}

#[test]
fn a_program_reads_a_line_for_each_delivery() {
    let kept = Kept::new();
    let log = r#"{"type":"forward","at":"2026-11-26T11:02:15Z","to":"http://127.0.0.1:3000/?token=b7e1","status":500,"outcome":"failed","elapsed_ms":3}"#;
    kept.log("20261126T110215.000000Z_w81mzt.log", &format!("{log}\n"));
    let listed = kept.run(&["list"]).good();
    assert_eq!(
        listed.stdout,
        "w81mzt\t2026-11-26T11:02:15Z\tcontact.tag.added\t38\t\t500 failed\t\n\
         0c2h5e\t2026-11-26T11:02:14Z\tSALE_NEW\t39\t2\t\t\n\
         k3f9qa\t2026-11-26T11:02:13.482913Z\tSALE_NEW\t39\t1\t\t\n"
    );
    assert_eq!(listed.stderr, "");

    let json = kept.run(&["list", "--json"]).good().json();
    let file = kept
        .folder
        .path()
        .join("20261126T110213.482913Z_k3f9qa_SALE_NEW.http");
    assert_eq!(
        json[2],
        serde_json::json!({
            "type": "delivery",
            "id": "k3f9qa",
            "received_at": "2026-11-26T11:02:13.482913Z",
            "mechanism": "account",
            "event": "SALE_NEW",
            "message_id": "m-1",
            "attempt": 1,
            "bytes": 39,
            "sha256": json[2]["sha256"],
            "peer": "127.0.0.1",
            "client": "203.0.113.7",
            "file": file,
        })
    );
    assert_eq!(json[2]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(
        (&json[1]["attempt"], &json[0]["mechanism"]),
        (&2.into(), &"automation".into())
    );
}

#[test]
fn a_list_is_filtered() {
    let kept = Kept::new();
    let log = r#"{"type":"forward","at":"x","to":"http://a/","error":"receiver_unreachable","elapsed_ms":3}
{"type":"replayed","as":"same","at":"x","to":"http://a/","status":200,"elapsed_ms":3}
"#;
    kept.log("20261126T110213.482913Z_k3f9qa.log", log);
    kept.log(
        "20261126T110215.000000Z_w81mzt.log",
        log.lines().next().unwrap(),
    );
    assert_eq!(kept.ids(&["--event", "SALE_*"]), ["0c2h5e", "k3f9qa"]);
    assert_eq!(kept.ids(&["--event", "contact.tag.added"]), ["w81mzt"]);
    assert_eq!(
        kept.ids(&["--since", "2026-11-26T11:02:14Z"]),
        ["w81mzt", "0c2h5e"]
    );
    assert_eq!(
        kept.ids(&["--since", "2026-11-26T11:02:14Z", "-n1"]),
        ["w81mzt"]
    );
    // What was sent again in the end did not fail.
    assert_eq!(kept.ids(&["--failed"]), ["w81mzt"]);
    assert_eq!(kept.ids(&["--search", "L\u{e9}A@a"]).len(), 2);
    assert_eq!(kept.ids(&["--search", "calm-RIVER"]).len(), 2);
    assert_eq!(kept.ids(&["--search", "m-2"]).len(), 0);
    let limited = kept.run(&["list", "--limit", "2"]).good();
    assert_eq!(limited.stderr, "there are more: --limit 4\n");
    for wrong in [
        &["--event", "SALE*"][..],
        &["--since", "soon"],
        &["-n", "0"],
    ] {
        assert_eq!(kept.run(&[&["list"], wrong].concat()).code, 2, "{wrong:?}");
    }
}

#[test]
fn a_recent_delivery_is_told_from_an_old_one() {
    let kept = Kept::empty();
    let ago = |hours| {
        let ago = jiff::SignedDuration::from_hours(hours);
        (jiff::Timestamp::now() - ago).to_string()
    };
    kept.add("aaaaaa", &ago(3), SALE, SALE_BODY);
    kept.add("bbbbbb", &ago(1), SALE, SALE_BODY);
    assert_eq!(kept.ids(&["--since", "2h"]), ["bbbbbb"]);
    kept.run(&["delete", "--older", "2h", "--yes"]).good();
    assert_eq!(kept.ids(&[]), ["bbbbbb"]);
}

#[test]
fn what_is_damaged_is_named_and_the_list_goes_on() {
    let kept = Kept::new();
    kept.log(
        "20261126T110213.000000Z_aaaaaa_A.http",
        "# siohook: 1\n# ---\n{",
    );
    kept.log("20261126T110216.000000Z_bbbbbb_A.http", "# siohook: 2\n");
    kept.log("mine.http", "");
    kept.log("20261126T110214.000000Z_0c2h5e.log", "{\"type\":\"for\n");
    let listed = kept.run(&["list"]).good();
    assert_eq!(listed.stdout.lines().count(), 3, "{listed:?}");
    let skipped: Vec<_> = listed.stderr.lines().collect();
    assert_eq!(skipped.len(), 4, "{listed:?}");
    for (line, end) in skipped.iter().zip([
        "mine.http: its name is not TIME_ID_EVENT.http",
        "aaaaaa_A.http: line 3: this is not a request: its first line is such as `POST /systeme HTTP/1.1`",
        "0c2h5e.log: line 1 is damaged, or of a newer version",
        "this program reads version 1: update siohook",
    ]) {
        assert!(line.starts_with("skipped ") && line.ends_with(end), "{line}");
    }
    let shown = kept.run(&["show", "bbb", "--json"]);
    assert_eq!(shown.code, 2);
    assert!(
        shown.stderr.contains(r#""code":"not_a_delivery""#),
        "{shown:?}"
    );
    // Its name is enough to delete it.
    kept.run(&["delete", "aaa", "bbb", "--yes"]).good();
    assert_eq!(kept.run(&["list"]).good().stderr.lines().count(), 2);
}

#[test]
fn a_store_that_is_not_there_or_not_usable_is_told() {
    let home = tempfile::tempdir().unwrap();
    let mut command = program();
    let ended = end(command
        .args(["deliveries", "list"])
        .env("HOME", home.path())
        .env_remove("XDG_STATE_HOME"));
    assert_eq!(
        (ended.code, &*ended.stderr),
        (0, "no deliveries are recorded here\n")
    );

    let file = home.path().join("file");
    fs::write(&file, "").unwrap();
    let kept = Kept::new();
    for store in [&file, &home.path().join("missing")] {
        let store = store.to_str().unwrap();
        for words in [
            &["list"][..],
            &["show", "@1"],
            &["delete", "--all", "--yes"],
        ] {
            // The flag comes before the variable.
            let ended = kept.run(&[words, &["--store", store]].concat());
            assert_eq!((ended.code, &*ended.stdout), (4, ""), "{ended:?}");
            let start = format!("error: the store {store} can't be used: ");
            assert!(ended.stderr.starts_with(&start), "{ended:?}");
        }
    }
}

#[test]
fn nothing_is_deleted_without_an_answer() {
    let kept = Kept::new();
    for words in [&["delete", "--all"][..], &["delete", "@1", "--no-input"]] {
        let ended = kept.run(words);
        assert_eq!(ended.code, 2, "{ended:?}");
        assert!(
            ended.stderr.contains("`--yes` does it without asking"),
            "{ended:?}"
        );
    }
    assert_eq!(kept.run(&["delete"]).code, 2);
    assert_eq!(kept.run(&["delete", "@1", "--all"]).code, 2);
    assert_eq!(kept.run(&["delete", "@1", "zzz", "--yes"]).code, 2);
    assert_eq!(kept.ids(&[]).len(), 3);
    let deleted = kept.run(&["delete", "k3f", "@3", "--yes", "--json"]).good();
    assert_eq!(
        deleted.json(),
        [serde_json::json!({"type": "deleted", "id": "k3f9qa"})]
    );
    assert_eq!(deleted.stderr, "1 delivery deleted\n");
    kept.log(".aaaaaa.part", "");
    kept.run(&["delete", "--all", "--yes"]).good();
    let left: Vec<_> = fs::read_dir(kept.folder.path()).unwrap().collect();
    // Another process may be writing it.
    assert_eq!(left.len(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_person_is_asked_and_sees_a_table() {
    use std::io::Write as _;

    if !has("script") {
        return;
    }
    let kept = Kept::new();
    let on_terminal = |words: &str, input: &str| {
        let line = format!("{} deliveries {words}", env!("CARGO_BIN_EXE_siohook"));
        let mut script = std::process::Command::new("script");
        script
            .args(["-qec", &line, "/dev/null"])
            .env("NO_COLOR", "1")
            .env("SIOHOOK_STORE", kept.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = script.spawn().unwrap();
        // The terminal ends with its input, so that stays open.
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).unwrap();
        let shown = child.wait_with_output().unwrap().stdout;
        String::from_utf8(shown).unwrap()
    };
    let table = on_terminal("list", "");
    let lines: Vec<_> = table.lines().collect();
    assert_eq!(
        lines[0].trim_end(),
        "ID      RECEIVED             EVENT              SIZE  ATTEMPT  ANSWER  MARKS"
    );
    assert_eq!(
        lines[3].trim_end(),
        "k3f9qa  2026-11-26 11:02:13  SALE_NEW           39 B  1"
    );
    let asked = on_terminal("delete --all", "n\n");
    assert!(
        asked.contains("delete 3 deliveries? [y/N]") && asked.contains("nothing is deleted"),
        "{asked}"
    );
    assert_eq!(kept.ids(&[]).len(), 3);
    on_terminal("delete @1", "y\n");
    assert_eq!(kept.ids(&[]).len(), 2);
}
