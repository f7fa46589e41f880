//! `siohook webhooks` changes an account over its API.

mod sync;

use std::fs;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::run::{Ended, SECRET, Sandbox, end, program};

const KEY: &str = "k3y-of-the-account";
const URL: &str = "https://shop.example.com/systeme";
const ALL: [&str; 6] = [
    "CONTACT_CREATED",
    "CONTACT_OPT_IN",
    "CONTACT_TAG_ADDED",
    "CONTACT_TAG_REMOVED",
    "SALE_CANCELED",
    "SALE_NEW",
];

/// An account, and a folder with files.
struct World {
    sandbox: Sandbox,
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key");
        fs::write(&key, format!("{KEY}\n")).unwrap();
        let source = format!("file:{}", key.display());
        let sandbox = Sandbox::start(&["--api-key", &source]);
        Self { sandbox, folder }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut program = program();
        program
            .arg("webhooks")
            .args(words)
            .env("SIOHOOK_API_URL", format!("{}/api", self.sandbox.url))
            .env("SYSTEME_API_KEY", KEY)
            .env("SYSTEME_WEBHOOK_SECRET", SECRET)
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        program
    }

    /// Runs a command. No output of it holds the key or the secret.
    fn run(&self, words: &[&str]) -> Ended {
        let ended = end(&mut self.command(words));
        for text in [&ended.stdout, &ended.stderr] {
            assert!(!text.contains(KEY) && !text.contains(SECRET), "{text}");
        }
        ended
    }

    fn state(&self) -> Value {
        let state = self.sandbox.run(&["export"]).good().stdout;
        serde_json::from_str(&state).unwrap()
    }

    /// The webhooks of the account, in the order of their ids.
    fn webhooks(&self) -> Vec<Value> {
        let state = self.state();
        let webhooks = state["webhooks"].as_object().unwrap().values();
        webhooks.cloned().collect()
    }

    /// Changes the account behind the back of the API.
    fn edit(&self, edit: impl FnOnce(&mut Value)) {
        let mut state = self.state();
        edit(&mut state);
        let file = self.folder.path().join("account.json");
        fs::write(&file, state.to_string()).unwrap();
        self.sandbox.run(&["import", file.to_str().unwrap()]).good();
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }
}

/// The events that a webhook of the account sends.
fn events(webhook: &Value) -> Vec<&str> {
    let subscriptions = webhook["subscriptions"].as_array().unwrap().iter();
    let enabled = subscriptions.filter(|one| one["disabled"].is_null());
    let mut events: Vec<_> = enabled.map(|one| one["event"].as_str().unwrap()).collect();
    events.sort_unstable();
    events
}

#[test]
fn a_webhook_is_created_listed_edited_and_deleted() {
    let world = World::new();
    let none = world.run(&["list"]).good();
    assert_eq!(
        (&*none.stdout, &*none.stderr),
        ("", "the account has no webhook\n")
    );
    world
        .run(&[
            "create", "--name", "shop", "--url", URL, "--events", "SALE_NEW",
        ])
        .good();
    let webhooks = world.webhooks();
    assert_eq!(webhooks[0]["secret"], SECRET);
    let told = world.run(&["list", "-v"]).good().stderr;
    let ms = told.strip_prefix("GET /webhooks 200 ");
    let ms = ms.and_then(|rest| rest.strip_suffix(" ms\n"));
    assert!(ms.is_some_and(|ms| ms.parse::<u64>().is_ok()), "{told}");
    assert_eq!(events(&webhooks[0]), ["SALE_NEW"]);
    let id = webhooks[0]["id"].as_str().unwrap();
    let listed = world.run(&["list"]).good().stdout;
    assert_eq!(listed, format!("{id}\tshop\t{URL}\tactive\tSALE_NEW\t\n"));

    world.write("new", "another secret\n");
    world
        .run(&[
            "edit",
            "shop",
            "--secret",
            "file:new",
            "--name",
            "all",
            "--disable",
        ])
        .good();
    world
        .run(&["edit", &id[..30], "--events", "SALE_CANCELED,SALE_NEW"])
        .good();
    let webhook = world.webhooks().remove(0);
    assert_eq!(
        (&webhook["name"], &webhook["active"]),
        (&json!("all"), &json!(false))
    );
    assert_eq!(webhook["secret"], "another secret");
    assert_eq!(events(&webhook), ["SALE_CANCELED", "SALE_NEW"]);
    world.run(&["edit", id, "--enable"]).good();
    assert_eq!(world.webhooks()[0]["active"], true);

    let asked = world.run(&["delete", "all"]);
    assert_eq!(asked.code, 2, "{asked:?}");
    assert!(
        asked.stderr.contains("no terminal to ask at: delete `all`"),
        "{asked:?}"
    );
    let gone = world.run(&["delete", "all", id, "--yes", "--json"]).good();
    assert_eq!(
        gone.json(),
        [json!({"type": "deleted", "id": id, "name": "all"})]
    );
    assert!(world.webhooks().is_empty());
}

#[test]
fn a_new_webhook_can_have_all_events_and_be_switched_off() {
    let world = World::new();
    let words = [
        "create",
        "--name",
        "shop",
        "--url",
        URL,
        "--disabled",
        "--json",
    ];
    let made = world.run(&words).good().json().remove(0);
    assert_eq!(
        (&made["type"], &made["active"]),
        (&json!("webhook"), &json!(false))
    );
    assert_eq!(made["subscriptions"].as_array().unwrap().len(), 6);
    assert_eq!(events(&world.webhooks()[0]), ALL);
}

#[test]
fn what_is_wrong_is_said() {
    let world = World::new();
    world
        .run(&["create", "--name", "shop", "--url", URL])
        .good();
    for (words, code, text) in [
        (
            &["create", "--name", "shop", "--url", URL][..],
            2,
            "name: This value is already used.; url: ",
        ),
        (
            &[
                "create", "--name", "x", "--url", URL, "--events", "NEW_SALE",
            ],
            2,
            "did you mean `SALE_NEW`?",
        ),
        (
            &["sync", "--url", URL, "--events", "contact.tag.added"],
            2,
            "automations send it",
        ),
        (&["edit", "shop"], 2, "--name"),
        (&["edit", "other", "--enable"], 2, "has no webhook `other`"),
        (
            &["delete", "\u{1b}[2J", "--yes"],
            2,
            "has no webhook `\\u{1b}[2J`",
        ),
        (&["list", "--api-key", "env:NO_KEY"], 2, "NO_KEY is not set"),
        (
            &["list", "--api-key", "env:SYSTEME_WEBHOOK_SECRET"],
            2,
            "401: Invalid API Key.",
        ),
        (
            &["list", "--api-url", "http://127.0.0.1:1/api"],
            3,
            "no answer of http://127.0.0.1:1/api",
        ),
        (
            &["list", "--api-url", "http://api.systeme.io/api"],
            2,
            "without TLS",
        ),
        (
            &["list", "--api-url", &world.sandbox.url],
            3,
            "is `--api-url` the API?",
        ),
    ] {
        let ended = world.run(words);
        assert_eq!(
            (ended.code, &*ended.stdout),
            (code, ""),
            "{words:?} {ended:?}"
        );
        assert!(ended.stderr.contains(text), "{words:?} {ended:?}");
    }
    let keyless = end(world.command(&["list"]).env_remove("SYSTEME_API_KEY"));
    assert_eq!(keyless.code, 2);
    assert!(
        keyless.stderr.contains("there is no API key"),
        "{keyless:?}"
    );
    let secretless = ["create", "--name", "x", "--url", "http://localhost/x"];
    let secretless = end(world
        .command(&secretless)
        .env_remove("SYSTEME_WEBHOOK_SECRET"));
    assert_eq!(secretless.code, 2);
    assert!(
        secretless.stderr.contains("there is no secret"),
        "{secretless:?}"
    );
    assert_eq!(world.webhooks().len(), 1);
}

/// What the API did not take is printed once more, and is no success.
#[test]
fn a_limit_that_ends_too_late_is_exit_3() {
    let sandbox = Sandbox::start(&["--rate-limit", "1/3600"]);
    let list = || {
        let mut list = program();
        list.args(["webhooks", "list", "--json"])
            .env("SIOHOOK_API_URL", format!("{}/api", sandbox.url))
            .env("SYSTEME_API_KEY", KEY)
            .stdin(Stdio::null());
        end(&mut list)
    };
    list().good();
    let ended = list();
    assert_eq!(ended.code, 3, "{ended:?}");
    assert!(
        ended.stderr.contains(r#""code":"rate_limited""#),
        "{ended:?}"
    );
}
