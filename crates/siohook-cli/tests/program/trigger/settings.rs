//! What is said on the command line and in a file of settings, and what is wrong there.

use std::fs;

use super::{header, run, split, trigger};
use crate::receiver::Receiver;
use crate::run::{SECRET, end};

#[test]
fn what_is_wrong_is_said_before_anything_is_sent() {
    let receiver = Receiver::accepting();
    let to = &["--to", &*receiver.url][..];
    for (words, message, hint) in [
        (
            &["NEW_SALE"][..],
            "no event `NEW_SALE`; did you mean `SALE_NEW`?",
            "`siohook events` lists them; for another one: --unlisted --body FILE",
        ),
        (
            &["SALE_NEW", "--set", "/custmer/email=a"],
            "SALE_NEW: there is no `/custmer`: the payload has ",
            "",
        ),
        (
            &["SALE_NEW", "--set", "/pricePlan/amount:=x"],
            "what follows `/pricePlan/amount:=` is not JSON: ",
            "",
        ),
        (
            &["SALE_NEW", "--set", "amount"],
            "write a pointer and a value: ",
            "",
        ),
        (
            &["SALE_NEW", "--form", "big"],
            "`SALE_NEW` has no variant `big`",
            "`siohook events SALE_NEW` shows the forms",
        ),
        (
            &["contact.tag.added", "--message-id", "a"],
            "contact.tag.added has no message id",
            "",
        ),
        (
            &["SALE_NEW", "--account-email", "a@example.com"],
            "SALE_NEW has no e-mail address of the account",
            "",
        ),
        (
            &["SALE_NEW", "--header", "a b: c"],
            "the header `a b` can't be sent",
            "",
        ),
        (
            &["SALE_NEW", "--header", "a"],
            "write a header as `NAME: VALUE`",
            "",
        ),
        (
            &["SALE_NEW", "--secret", "hunter2"],
            "--secret takes where the secret is, not the secret",
            "env:NAME",
        ),
        (
            &["SALE_NEW", "--secret", "env:UNSET"],
            "--secret: UNSET is not set",
            "",
        ),
        (
            &["SALE_NEW", "--secret", "ask"],
            "--secret ask: there is no terminal to ask at",
            "use env:NAME or file:PATH",
        ),
    ] {
        let ended = run(&[words, to].concat());
        assert_eq!((ended.code, &*ended.stdout), (2, ""), "{ended:?}");
        let start = format!("error: {message}");
        assert!(ended.stderr.starts_with(&start), "{ended:?}");
        assert!(ended.stderr.contains(hint), "{ended:?}");
        assert!(!ended.stderr.contains("hunter2"), "{ended:?}");
    }
    let unreadable = run(&[&["SALE_NEW", "--set", "/coupon=@missing"], to].concat());
    assert_eq!(unreadable.code, 4, "{unreadable:?}");
    let no_receiver = run(&["SALE_NEW"]);
    assert!(
        no_receiver.stderr.contains("add `--to URL`"),
        "{no_receiver:?}"
    );
    assert!(receiver.next_request().is_none());
}

#[test]
fn no_secret_is_an_error_with_three_ways_on() {
    let receiver = Receiver::accepting();
    let without = |words: &[&str]| {
        let mut command = trigger(&[words, &["--to", &receiver.url]].concat());
        end(command
            .env_remove("SYSTEME_WEBHOOK_SECRET")
            .env_remove("SYSTEME_WEBHOOK_TOKEN"))
    };
    let ended = without(&["SALE_NEW"]);
    assert_eq!(ended.code, 2);
    assert_eq!(
        ended.stderr,
        "error: SALE_NEW is signed, and there is no secret\n  \
         export SYSTEME_WEBHOOK_SECRET=…\n  \
         --secret file:PATH, or another source\n  \
         --unsigned to send it without\n"
    );
    assert_eq!(without(&["contact.tag.added"]).code, 2);
    let unsigned = without(&["SALE_NEW", "--unsigned"]).good();
    assert_eq!(
        unsigned.stderr,
        "unsigned: this is what anyone could send\n"
    );
    assert!(!split(&receiver.request()).0.contains("x-webhook-signature"));
}

#[test]
fn a_file_of_settings_has_the_receiver_and_says_where_secrets_are() {
    let receiver = Receiver::accepting();
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("src");
    fs::create_dir_all(&inner).unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    fs::write(folder.path().join("secret"), "of the file\n").unwrap();
    let secret = folder.path().join("secret");
    let settings = |text: String| fs::write(folder.path().join("siohook.toml"), text).unwrap();
    settings(format!(
        "forward_to = {:?}\n[secrets]\nmain = \"file:{}\"\n",
        receiver.url,
        secret.display()
    ));
    let here = || {
        let mut command = trigger(&["SALE_NEW", "--no-input"]);
        command
            .env_remove("SYSTEME_WEBHOOK_SECRET")
            .current_dir(&inner);
        command
    };
    end(&mut here()).good();
    let request = receiver.request();
    let body = request
        .windows(4)
        .position(|end| end == b"\r\n\r\n")
        .unwrap()
        + 4;
    let signature = siohook_sender::sign("of the file", &request[body..]);
    assert_eq!(header(&split(&request).0, "x-webhook-signature"), signature);

    let other = Receiver::accepting();
    end(here().args(["--to", &other.url])).good();
    assert!(other.next_request().is_some(), "a flag comes first");
    let user = folder.path().join("user");
    fs::create_dir_all(user.join("siohook")).unwrap();
    fs::write(
        user.join("siohook/config.toml"),
        format!("forward_to = {:?}", other.url),
    )
    .unwrap();
    fs::remove_file(folder.path().join("siohook.toml")).unwrap();
    end(here()
        .env("XDG_CONFIG_HOME", &user)
        .env("SYSTEME_WEBHOOK_SECRET", SECRET))
    .good();
    assert!(other.next_request().is_some(), "the user's file comes last");

    settings("secret = 'hunter2'".to_owned());
    let ended = end(&mut here());
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(
        ended.stderr.contains("did you mean `secrets`?"),
        "{ended:?}"
    );
    assert!(!ended.stderr.contains("hunter2"));
    let missing = end(here().args(["--config", "missing.toml"]));
    assert_eq!(missing.code, 4, "{missing:?}");
}
