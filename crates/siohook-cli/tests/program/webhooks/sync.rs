//! `siohook webhooks sync` makes an account send what is wanted.

use std::process::Command;

use serde_json::json;

use super::{URL, World, events};
use crate::receiver::Receiver;
use crate::run::{Ended, SECRET, end, has};

/// The changes that a command printed, each with what it is about.
fn changes(ended: &Ended) -> Vec<String> {
    let lines = ended.json().into_iter();
    let changes = lines.filter(|line| line["type"] == "change");
    let changes = changes.map(|line| {
        let about = line["event"].as_str().unwrap_or_default();
        format!("{} {about}", line["change"].as_str().unwrap())
            .trim_end()
            .to_owned()
    });
    changes.collect()
}

#[test]
fn sync_makes_an_account_send_what_is_wanted() {
    let world = World::new();
    let sync = |more: &[&str]| {
        let words = [
            "sync",
            "--url",
            URL,
            "--events",
            "SALE_NEW,SALE_CANCELED",
            "--json",
        ];
        world.run(&[&words, more].concat())
    };
    let expected = [
        "create_webhook",
        "add_event SALE_CANCELED",
        "add_event SALE_NEW",
        "set_secret",
    ];
    let dry = sync(&["--dry-run"]);
    assert_eq!(
        (dry.code, changes(&dry)),
        (1, expected.map(str::to_owned).to_vec())
    );
    assert!(world.webhooks().is_empty());
    let asked = sync(&[]);
    assert_eq!(asked.code, 2, "{asked:?}");
    assert!(asked.stderr.contains("no terminal to ask at"), "{asked:?}");
    assert!(world.webhooks().is_empty());
    let done = sync(&["--yes"]).good();
    assert_eq!(changes(&done), expected);
    let webhooks = world.webhooks();
    assert_eq!(
        (webhooks.len(), &webhooks[0]["name"]),
        (1, &json!("siohook"))
    );
    assert_eq!(
        (&webhooks[0]["url"], &webhooks[0]["secret"]),
        (&json!(URL), &json!(SECRET))
    );
    assert_eq!(events(&webhooks[0]), ["SALE_CANCELED", "SALE_NEW"]);

    // Once more, nothing differs.
    for more in [&["--dry-run"][..], &["--yes"], &[]] {
        let again = sync(more).good();
        assert_eq!((&*again.stdout, &*again.stderr), ("", "nothing differs\n"));
    }
    assert_eq!(world.webhooks(), webhooks);
}

#[test]
fn sync_finds_each_difference() {
    let world = World::new();
    let words = ["create", "--name", "old", "--url", URL, "--events"];
    world
        .run(&[&words[..], &["SALE_NEW,CONTACT_OPT_IN,SALE_CANCELED"]].concat())
        .good();
    world.edit(|state| {
        let webhook = state["webhooks"]
            .as_object_mut()
            .unwrap()
            .values_mut()
            .next()
            .unwrap();
        webhook["active"] = false.into();
        webhook["secret"] = "forgotten".into();
        for (index, reason) in [(2, "BAD_SUCCESS_RATE"), (1, "USER_CANCELED")] {
            let disabled = json!({"at": "2026-01-01T00:00:00+00:00", "reason": reason});
            webhook["subscriptions"][index]["disabled"] = disabled;
        }
    });
    let listed = world.run(&["list"]).good().stdout;
    let broken = "SALE_NEW: too many deliveries failed, since 2026-01-01 00:00:00Z";
    assert!(
        listed.ends_with(&format!("\tinactive\tCONTACT_OPT_IN\t{broken}\n")),
        "{listed}"
    );

    let events_of = "SALE_NEW,SALE_CANCELED,CONTACT_CREATED";
    let words = [
        "sync",
        "--url",
        URL,
        "--name",
        "shop",
        "--set-secret",
        "--events",
        events_of,
    ];
    let dry = world.run(&[&words[..], &["--dry-run"]].concat());
    assert_eq!(dry.code, 1);
    let expected = "\
~\tname\told → shop
~\twebhook\tswitched on
+\tCONTACT_CREATED\t
+\tSALE_CANCELED\t
~\tSALE_NEW\tenabled again: too many deliveries failed, since 2026-01-01 00:00:00Z
-\tCONTACT_OPT_IN\t
~\tsecret\tset
";
    assert_eq!(dry.stdout, expected);
    let done = world.run(&[&words[..], &["--yes"]].concat()).good();
    assert!(done.stdout.starts_with(expected), "{done:?}");
    let webhook = world.webhooks().remove(0);
    assert_eq!(
        (&webhook["name"], &webhook["active"]),
        (&json!("shop"), &json!(true))
    );
    assert_eq!(webhook["secret"], SECRET);
    assert_eq!(
        events(&webhook),
        ["CONTACT_CREATED", "SALE_CANCELED", "SALE_NEW"]
    );
    // Without a name and `--set-secret`, what it has is right.
    world
        .run(&["sync", "--url", URL, "--events", events_of, "--dry-run"])
        .good();
}

#[test]
fn sync_takes_the_description_of_a_dispatcher() {
    let world = World::new();
    // As serde writes `siohook::describe::Description`.
    let mut description =
        serde_json::to_value(siohook::describe::Description::of_catalogue()).unwrap();
    description["setup"]["account_webhook"] = json!(["SALE_NEW"]);
    description["setup"]["automations"] = json!(["contact.tag.added", "a\u{1b}[2Jb"]);
    world.write("description.json", &description.to_string());
    let words = ["sync", "--url", URL, "--from", "description.json", "--yes"];
    let done = world.run(&words).good();
    assert_eq!(events(&world.webhooks()[0]), ["SALE_NEW"]);
    assert!(
        done.stdout
            .starts_with("click\tcontact.tag.added\tTag added\nclick\ta\\u{1b}[2Jb\t"),
        "{done:?}"
    );
    assert!(
        done.stderr.contains(&format!("{URL}?token=TOKEN")),
        "{done:?}"
    );
    let again = world.run(&[&words[..], &["--json"]].concat()).good().json();
    assert_eq!(
        again[0],
        json!({
            "type": "automation", "event": "contact.tag.added", "trigger": "Tag added",
            "action": "Send webhook", "url": format!("{URL}?token=TOKEN"),
        })
    );
    assert_eq!(again.len(), 2);

    // A program that listens to automations only leaves the webhooks as they are.
    description["setup"]["account_webhook"] = json!([]);
    world.write("description.json", &description.to_string());
    let none = world.run(&words).good();
    assert!(
        none.stderr.contains("no event of account webhooks"),
        "{none:?}"
    );
    assert_eq!(events(&world.webhooks()[0]), ["SALE_NEW"]);

    world.write("description.json", r#"{"setup":"\u001b[2J"}"#);
    let wrong = world.run(&words);
    assert_eq!((wrong.code, &*wrong.stdout), (2, ""));
    assert!(
        wrong
            .stderr
            .contains("description.json is not the description"),
        "{wrong:?}"
    );
    assert!(!wrong.stderr.contains('\u{1b}'));
}

#[test]
fn a_name_that_sends_elsewhere_is_not_taken() {
    let world = World::new();
    world
        .run(&[
            "create",
            "--name",
            "siohook",
            "--url",
            "http://localhost:3000/old",
        ])
        .good();
    for name in [&[][..], &["--name", "siohook"]] {
        let refused = world.run(&[&["sync", "--url", URL, "--yes"], name].concat());
        assert_eq!((refused.code, &*refused.stdout), (2, ""), "{refused:?}");
        assert!(
            refused
                .stderr
                .contains("`siohook` sends to http://localhost:3000/old"),
            "{refused:?}"
        );
    }
    world
        .run(&["sync", "--url", URL, "--yes", "--name", "shop"])
        .good();
    assert_eq!(world.webhooks().len(), 2);
    // The webhook of the URL has a name of its own.
    world.run(&["sync", "--url", URL, "--dry-run"]).good();
}

#[test]
fn sync_asks_at_a_terminal() {
    if !has("script") {
        return;
    }
    let world = World::new();
    let line = format!(
        "{} webhooks sync --url {URL}",
        env!("CARGO_BIN_EXE_siohook")
    );
    for (answer, words, webhooks) in [("n", "nothing is changed", 0), ("y", "active", 1)] {
        let mut script = Command::new("sh");
        let piped = format!("echo {answer} | script -qec '{line}' /dev/null");
        script.args(["-c", &piped]);
        for (name, value) in world.command(&[]).get_envs() {
            if let Some(value) = value {
                script.env(name, value);
            }
        }
        let shown = end(&mut script).good().stdout;
        assert!(
            shown.contains("make these changes at systeme.io? [y/N]"),
            "{shown}"
        );
        assert!(shown.contains(words), "{shown}");
        assert_eq!(world.webhooks().len(), webhooks, "{shown}");
    }
}

#[test]
fn sync_looks_at_what_the_api_made_of_it() {
    const WEBHOOK: &str = r#"{"id":"w","name":"siohook","url":"https://example.com/","active":true,"subscriptions":[{"id":"s","event":"SALE_NEW","disabledAt":"2026-01-01T00:00:00+00:00","disabledReason":"BAD_SUCCESS_RATE"}]}"#;
    const LIST: &str = r#"{"items":[{"id":"w","name":"siohook","url":"https://example.com/","active":true,"subscriptions":[]}],"hasMore":false}"#;
    let api = Receiver::by(|request| {
        let body = if request.starts_with(b"GET ") {
            LIST
        } else {
            WEBHOOK
        };
        (200, body)
    });
    let world = World::new();
    let words = [
        "sync",
        "--url",
        "https://example.com/",
        "--events",
        "SALE_NEW",
        "--yes",
    ];
    let ended = world.run(&[&words[..], &["--json", "--api-url", &api.url]].concat());
    assert_eq!(ended.code, 1, "{ended:?}");
    assert_eq!(
        changes(&ended),
        ["add_event SALE_NEW", "enable_event SALE_NEW"]
    );
    assert!(ended.stderr.contains("did not take all of it"), "{ended:?}");
}
