//! `siohook inbox`, and `replay` of what an inbox holds.

mod place;
mod replay;

use std::fs;
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::json;
use siohook_inbox::Inbox;
use siohook_sender::{Capture, Sample};

use crate::run::{Ended, SECRET, TOKEN, end, has, program};
use crate::shop::{HOSTILE, Shop};

struct World {
    shop: Shop,
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let shop = Shop::in_folder(folder.path());
        Self { shop, folder }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = program();
        command
            .args(words)
            .env("SIOHOOK_INBOX", "sqlite:inbox.db")
            .env("SIOHOOK_STORE", self.folder.path())
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    fn inbox(&self, words: &[&str]) -> Ended {
        end(&mut self.command(&[&["inbox"], words].concat()))
    }

    fn replay(&self, words: &[&str]) -> Ended {
        let mut command = self.command(&[&["replay"], words].concat());
        end(command
            .env("SYSTEME_WEBHOOK_SECRET", SECRET)
            .env("SYSTEME_WEBHOOK_TOKEN", TOKEN))
    }
}

#[test]
fn runs_are_listed_with_why_they_are_dead() {
    let world = World::new();
    let ended = world.inbox(&["list", "--state", "dead"]).good();
    let rows: Vec<Vec<_>> = ended
        .stdout
        .lines()
        .map(|row| row.split('\t').collect())
        .collect();
    let columns =
        |row: &Vec<&str>, of: &[usize]| of.iter().map(|at| row[*at].to_owned()).collect::<Vec<_>>();
    let shown: Vec<_> = rows
        .iter()
        .map(|row| columns(row, &[0, 1, 3, 4, 5]))
        .collect();
    let grant = |id| {
        [
            "SALE_NEW",
            "shop::grant",
            "1",
            "connection refused (os error 111)",
        ]
        .map(str::to_owned)
        .into_iter()
        .fold(vec![String::from(id)], |mut row, cell| {
            row.push(cell);
            row
        })
    };
    assert_eq!(
        (&shown[0], &shown[2], shown.len()),
        (&grant("1"), &grant("2"), 4)
    );
    assert!(
        shown[1][4].starts_with("failed for good: no address"),
        "{ended:?}"
    );
    assert_eq!(
        ended.stderr,
        "4 dead. `siohook inbox retry --dead --dry-run`\n"
    );

    let all = world.inbox(&["list"]).good();
    assert_eq!(all.stdout.lines().count(), 5, "{all:?}");
    assert!(
        all.stdout.ends_with("\tshop::welcome\tdone\t1\t\n"),
        "{all:?}"
    );
    assert_eq!(
        all.stderr,
        "1 done, 4 dead. `siohook inbox retry --dead --dry-run`\n"
    );
    let done = world.inbox(&["list", "--state", "done"]).good();
    assert_eq!(done.stderr, "1 done\n");
    let some = world
        .inbox(&["list", "--event", "contact.*", "--since", "1h"])
        .good();
    assert_eq!(some.stdout.lines().count(), 1);
    let last = world.inbox(&["list", "-n", "1"]).good();
    assert!(
        last.stdout.starts_with("3\t") && last.stderr.contains("--limit 2"),
        "{last:?}"
    );
    let none = world.inbox(&["list", "--event", "SALE_CANCELED"]).good();
    assert_eq!(none.stdout, "");

    let lines = world
        .inbox(&["list", "--json", "--state", "dead"])
        .good()
        .json();
    let [sale, _, counts] = &lines[..] else {
        panic!("{lines:?}")
    };
    assert_eq!(
        (&sale["type"], &sale["id"], &sale["state"]),
        (&json!("inbox"), &json!(1), &json!("dead"))
    );
    let handler = &sale["handlers"][0];
    assert_eq!(
        (&handler["name"], &handler["tries"], &handler["reason"]),
        (&json!("shop::grant"), &json!(1), &json!("exhausted"))
    );
    assert_eq!(handler["error"], "connection refused (os error 111)");
    assert_eq!(
        *counts,
        json!({"type": "counts", "behind": 0, "waiting": 0, "running": 0, "done": 1, "dead": 4})
    );
}

#[test]
fn a_setting_without_an_effect_is_told() {
    let world = World::new();
    let file = world.folder.path().join("siohook.toml");
    fs::write(file, "[inbox]\nkey = \"env:SHOP_KEY\"\n").unwrap();
    let words = "this version of the inbox does not encrypt bodies: inbox.key is not used\n";
    let listed = world.inbox(&["list", "--state", "dead"]).good();
    assert!(listed.stderr.starts_with(words), "{listed:?}");
    let quiet = world.inbox(&["list", "--quiet"]).good();
    assert_eq!(quiet.stderr, "");
}

#[test]
fn an_error_can_t_drive_a_terminal() {
    let world = World::new();
    world
        .shop
        .receive(&Sample::of("SALE_NEW").with_message_id(HOSTILE));
    for words in [&["list"][..], &["show", "4"], &["show", "4", "--json"]] {
        let ended = world.inbox(words).good();
        assert!(!ended.stdout.contains('\u{1b}'), "{ended:?}");
        assert!(ended.stdout.contains("[2J"), "{ended:?}");
    }
}

#[test]
fn a_terminal_gets_the_table() {
    if !has("script") {
        return;
    }
    let world = World::new();
    let line = format!("{} inbox list --state dead", env!("CARGO_BIN_EXE_siohook"));
    let mut script = Command::new("script");
    script
        .args(["-qec", &line, "/dev/null"])
        .envs([("NO_COLOR", "1"), ("SIOHOOK_INBOX", "sqlite:inbox.db")])
        .current_dir(world.folder.path())
        .stdin(Stdio::null());
    let shown = String::from_utf8(script.output().unwrap().stdout).unwrap();
    let heading: Vec<_> = shown.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(
        heading,
        ["ID", "EVENT", "RECEIVED", "HANDLER", "TRIES", "WHY"]
    );
}

#[test]
fn a_delivery_is_shown_and_exported() {
    let world = World::new();
    let shown = world.inbox(&["show", "1"]).good().stdout;
    assert!(
        shown.starts_with("1\tSALE_NEW\t") && shown.lines().next().unwrap().ends_with("\tm-1"),
        "{shown}"
    );
    assert!(shown.contains("shop::grant\tdead\t1\t"), "{shown}");
    let sale = &world.inbox(&["show", "1", "--json"]).good().json()[0];
    let body = Sample::of("SALE_NEW").body().clone();
    assert_eq!(
        (&sale["message_id"], &sale["bytes"]),
        (&json!("m-1"), &json!(body.len()))
    );

    let exported = world.inbox(&["export", "1", "--as", "body"]).good().stdout;
    assert_eq!(exported.as_bytes(), &body[..]);
    let lines = world
        .inbox(&["export", "1", "3", "--as", "json"])
        .good()
        .json();
    assert_eq!(
        (lines.len(), lines[0]["body"].as_str().unwrap()),
        (2, &*exported)
    );
    let file = world.inbox(&["export", "1", "--as", "http"]).good().stdout;
    let capture = Capture::read(file.into_bytes()).unwrap();
    assert_eq!((capture.message_id(), capture.body()), (Some("m-1"), &body));
    assert_eq!(capture.header("x-webhook-signature"), None);
    assert_eq!(capture.edited_from(), Some("inbox:1"));
    let tag = world.inbox(&["export", "3", "--as", "http"]).good().stdout;
    assert!(!tag.contains("token"), "{tag}");

    for words in [
        &["export", "1", "2", "--as", "body"][..],
        &["show", "99"],
        &["export", "99", "--as", "json"],
    ] {
        let ended = world.inbox(words);
        assert_eq!((ended.code, &*ended.stdout), (2, ""), "{ended:?}");
    }
}

#[test]
fn dead_runs_are_tried_again_by_the_receiver() {
    let world = World::new();
    for (words, count) in [
        (&["--dead"][..], 4),
        (&["--dead", "--handler", "shop::grant"], 2),
        (&["--dead", "--event", "contact.*"], 0),
        (&["1"], 2),
        (&["1", "1", "2", "--handler", "shop::grant"], 2),
    ] {
        let words = [&["retry", "--dry-run", "--json"], words].concat();
        let line = &world.inbox(&words).good().json()[0];
        assert_eq!(
            (&line["type"], &line["runs"]),
            (&json!("would_retry"), &json!(count)),
            "{words:?}"
        );
    }
    // Without an answer, and with an unknown delivery, nothing is changed.
    let asked = world.inbox(&["retry", "--dead"]);
    assert!(
        asked.code == 2 && asked.stderr.contains("retry 4 runs?"),
        "{asked:?}"
    );
    assert_eq!(world.inbox(&["retry", "1", "99", "--yes"]).code, 2);
    assert_eq!(world.inbox(&["retry"]).code, 2);
    assert_eq!(world.shop.dead(), 4);

    world.shop.open.0.store(true, Ordering::SeqCst);
    let ended = world
        .inbox(&["retry", "--dead", "--handler", "shop::grant", "--yes"])
        .good();
    assert_eq!(ended.stderr, "2 runs wait for the receiver's process\n");
    world.shop.wait_for_done(2);
    assert_eq!(world.shop.dead(), 2);
    let runs = world.inbox(&["list", "--state", "done"]).good().stdout;
    assert_eq!(runs.matches("shop::grant").count(), 2, "{runs}");
}

#[test]
fn what_ended_is_purged() {
    let world = World::new();
    let purge = |words: &[&str], member: &str| {
        let words = [&["purge", "--older", "0s", "--json"], words].concat();
        let ended = world.inbox(&words).good();
        ended.json()[0][member].as_u64().unwrap()
    };
    // Times are in milliseconds.
    std::thread::sleep(Duration::from_millis(5));
    let done = &["--state", "done"][..];
    assert_eq!(purge(&[done, &["--dry-run"]].concat(), "deliveries"), 1);
    assert_eq!(purge(&[done, &["--yes"]].concat(), "deliveries"), 1);
    assert_eq!(purge(&[done, &["--yes"]].concat(), "deliveries"), 0);
    assert_eq!(world.inbox(&["export", "3", "--as", "body"]).code, 2);
    let dead = &["--state", "dead"][..];
    assert_eq!(purge(&[dead, &["--dry-run"]].concat(), "runs"), 4);
    assert_eq!(world.shop.dead(), 4);
    let asked = world.inbox(&["purge", "--state", "dead", "--older", "0s"]);
    assert!(
        asked.code == 2 && asked.stderr.contains("purge 4 runs?"),
        "{asked:?}"
    );
    let old = world
        .inbox(&["purge", "--state", "dead", "--older", "1h", "--yes"])
        .good();
    assert_eq!(old.stderr, "nothing of the inbox is such\n");
    assert_eq!(purge(&[dead, &["--yes"]].concat(), "runs"), 4);
    assert_eq!(world.shop.dead(), 0);
    // Their deliveries have no run any more that keeps a body.
    std::thread::sleep(Duration::from_millis(5));
    let left = purge(&[done, &["--dry-run"]].concat(), "deliveries");
    assert_eq!(
        (left, purge(&[done, &["--yes"]].concat(), "deliveries")),
        (2, 2)
    );
}

#[cfg(unix)]
#[test]
fn runs_in_postgres_are_listed_and_tried_again() {
    let Some(server) = test_postgres::shared() else {
        return;
    };
    let url = server.create_database();
    let shop = Shop::start(Inbox::postgres(&url).schema("webhooks"));
    shop.receive(&Sample::of("SALE_NEW"));
    let run = |words: &[&str]| {
        let mut command = program();
        command.arg("inbox").args(words).stdin(Stdio::null());
        command.args(["--inbox", "env:SHOP_DATABASE", "--schema", "webhooks"]);
        end(command.env("SHOP_DATABASE", &url))
    };
    for words in [
        &["list", "--state", "dead"][..],
        &["list", "--state", "dead", "--pooled"],
    ] {
        let dead = run(words).good();
        assert_eq!(dead.stdout.lines().count(), 2, "{dead:?}");
    }
    shop.open.0.store(true, Ordering::SeqCst);
    run(&["retry", "--dead", "--handler", "shop::grant", "--yes"]).good();
    shop.wait_for_done(1);
    assert_eq!(shop.dead(), 1);
}
