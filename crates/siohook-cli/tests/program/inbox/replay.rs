//! What an inbox holds is sent once more.

use std::fs;

use serde_json::{Value, json};
use siohook_sender::{Capture, Sample, sign};

use super::World;
use crate::receiver::Receiver;
use crate::run::{SECRET, TOKEN, end};

#[test]
fn a_delivery_of_an_inbox_is_signed_anew() {
    let world = World::new();
    let receiver = Receiver::accepting();
    let to = ["--to", &receiver.url];
    let words = ["inbox:1", "inbox:3", "--json"];
    let lines = world.replay(&[&words[..], &to].concat()).good().json();
    assert_eq!(
        (&lines[0]["inbox"], &lines[0]["event"]),
        (&json!(1), &json!("SALE_NEW"))
    );
    assert_eq!(lines[0].get("file"), None::<&Value>);
    let sale = Capture::read(receiver.request()).unwrap();
    assert_eq!(sale.message_id(), Some("m-1"));
    assert_eq!(sale.body(), Sample::of("SALE_NEW").body());
    let signature = sign(SECRET, sale.body());
    assert_eq!(
        sale.header("x-webhook-signature"),
        Some(signature.as_bytes())
    );
    let tag = Capture::read(receiver.request()).unwrap();
    assert_eq!(tag.target(), format!("/systeme?token={TOKEN}").as_bytes());
    assert_eq!(tag.body(), Sample::of("contact.tag.added").body());

    // A file that was exported is sent like the delivery.
    let file = world.inbox(&["export", "2", "--as", "http"]).good().stdout;
    fs::write(world.folder.path().join("sale.http"), file).unwrap();
    world.replay(&[&["sale.http"][..], &to].concat()).good();
    let sale = Capture::read(receiver.request()).unwrap();
    assert_eq!(
        (sale.message_id(), sale.header("x-webhook-signature")),
        (Some("m-2"), Some(signature.as_bytes()))
    );

    // What was recorded beside it stays as it is.
    let recorded = Sample::of("SALE_NEW").signed_with("of another day");
    let recorded = recorded.request("/systeme").unwrap().to_http1();
    fs::write(world.folder.path().join("recorded.http"), recorded).unwrap();
    world
        .replay(&[&["inbox:1", "recorded.http"][..], &to].concat())
        .good();
    for secret in [SECRET, "of another day"] {
        let sale = Capture::read(receiver.request()).unwrap();
        let signature = sign(secret, sale.body());
        let header = sale.header("x-webhook-signature");
        assert_eq!(header, Some(signature.as_bytes()));
    }

    // Another message, with another secret.
    fs::write(world.folder.path().join("other"), "another secret").unwrap();
    let words = ["inbox:1", "--as", "new", "--resign", "file:other"];
    world.replay(&[&words[..], &to].concat()).good();
    let sale = Capture::read(receiver.request()).unwrap();
    assert_ne!(sale.message_id(), Some("m-1"));
    let signature = sign("another secret", sale.body());
    assert_eq!(
        sale.header("x-webhook-signature"),
        Some(signature.as_bytes())
    );
}

#[test]
fn the_dead_ones_are_sent_in_the_order_of_receipt() {
    let world = World::new();
    let receiver = Receiver::accepting();
    let to = ["--to", &receiver.url];
    let dry = world.replay(&["--dead", "--dry-run"]).good();
    assert_eq!(dry.stdout, "inbox:1\tSALE_NEW\ninbox:2\tSALE_NEW\n");
    assert_eq!(
        world
            .replay(&[&["--dead", "--event", "contact.*"][..], &to].concat())
            .good()
            .stdout,
        ""
    );
    let last = world
        .replay(&[&["--dead", "--last", "1", "--dry-run"][..], &to].concat())
        .good();
    assert_eq!(last.stdout, "inbox:2\tSALE_NEW\n");
    assert!(receiver.next_request().is_none());
    world.replay(&[&["--dead"][..], &to].concat()).good();
    for message in ["m-1", "m-2"] {
        assert_eq!(
            Capture::read(receiver.request()).unwrap().message_id(),
            Some(message)
        );
    }
    // Without a secret, nothing is sent.
    for (id, variable) in [
        ("inbox:1", "SYSTEME_WEBHOOK_SECRET"),
        ("inbox:3", "SYSTEME_WEBHOOK_TOKEN"),
    ] {
        let ended = end(&mut world.command(&["replay", id, "--to", &receiver.url]));
        assert_eq!(ended.code, 2, "{ended:?}");
        assert!(ended.stderr.contains(variable), "{ended:?}");
    }
    assert!(receiver.next_request().is_none());
    for words in [
        &["inbox:99"][..],
        &["inbox:a"],
        &["--dead", "inbox:1"],
        &["--dead", "--failed"],
    ] {
        assert_eq!(world.replay(&[words, &to].concat()).code, 2, "{words:?}");
    }
}
