//! `siohook doctor` without a URL.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::checks;
use crate::run::{Ended, SECRET, TOKEN, end, program};

/// This machine, with these settings.
fn machine(folder: &Path, settings: &str, change: impl FnOnce(&mut Command)) -> Ended {
    fs::write(folder.join("siohook.toml"), settings).unwrap();
    let mut command = program();
    command
        .args(["doctor", "--json"])
        .env("SIOHOOK_STORE", folder.join("deliveries"))
        .env("XDG_CONFIG_HOME", folder)
        .current_dir(folder)
        .stdin(Stdio::null());
    change(&mut command);
    end(&mut command)
}

#[test]
fn this_machine_is_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let store = path.join("deliveries");
    fs::create_dir(&store).unwrap();
    for (name, secret) in [
        ("good", SECRET),
        ("quoted", "'a secret'"),
        ("spaced", "a secret "),
    ] {
        fs::write(path.join(name), secret).unwrap();
    }
    let settings = "[secrets]\nmain = 'file:good'\n[tokens]\nhook = 'env:SHOP_TOKEN'\n";
    let good = machine(path, settings, |command| {
        #[cfg(unix)]
        set_mode(&store, 0o700);
        command
            .env("SHOP_TOKEN", TOKEN)
            .env("SYSTEME_WEBHOOK_SECRET", SECRET);
    })
    .good();
    let unasked = "after this program was written; no other clock was asked";
    assert!(good.stdout.contains(unasked), "{good:?}");
    let found = checks(&good);
    let expected = [
        "config ok",
        "secret ok",
        "secret ok",
        "token ok",
        "store ok",
    ];
    assert_eq!(found[..5], expected);
    assert!(found[5].starts_with("ports "), "{found:?}");
    assert_eq!(found[6], "clock ok");

    let settings = "[secrets]\na = 'file:quoted'\nb = 'file:spaced'\nc = 'file:missing'\n";
    let bad = machine(path, settings, |_| {
        #[cfg(unix)]
        set_mode(&store, 0o755);
    });
    let delivery = store.join("20261126T110213.482913Z_k3f9qa_SALE_NEW.http");
    fs::write(&delivery, "POST / HTTP/1.1\r\n\r\n").unwrap();
    let open = machine(path, "", |_| {
        #[cfg(unix)]
        set_mode(&delivery, 0o644);
    });
    #[cfg(unix)]
    assert_eq!(checks(&open)[3], "store fail store_open");
    assert!(open.stdout.contains("1 delivery, 19 B"), "{open:?}");
    assert_eq!(bad.code, 1, "{bad:?}");
    let expected = [
        "config ok",
        "secret fail secret_quotes",
        "secret fail secret_spaces",
        "secret fail secret_unreadable",
        "token skip",
    ];
    assert_eq!(checks(&bad)[..5], expected);
    #[cfg(unix)]
    assert_eq!(checks(&bad)[5], "store warn store_listed");
    assert!(!bad.stdout.contains("a secret"), "{bad:?}");

    let unused = machine(path, "[inbox]\nkey = 'env:KEY'\n", |_| {});
    assert_eq!(checks(&unused)[1], "inbox warn setting_unused");

    let wrong = machine(path, "[secrets]\nmain = 'hunter2'\n", |_| {});
    assert!(
        wrong.code == 1 && !wrong.stdout.contains("hunter2"),
        "{wrong:?}"
    );
    assert_eq!(checks(&wrong)[0], "config fail secret_in_file");
}

#[test]
fn a_clock_that_dates_deliveries_before_they_were_sent_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let store = path.join("deliveries");
    fs::create_dir(&store).unwrap();
    let delivery = |name: &str, sent: &str| {
        let head = format!("POST / HTTP/1.1\r\nX-Webhook-Delivery-Attempt-Timestamp: {sent}\r\n");
        fs::write(store.join(name), format!("{head}\r\n")).unwrap();
    };
    let clock = || {
        let found = machine(path, "", |_| {});
        let clock = checks(&found).pop().unwrap();
        (clock, found.json().pop().unwrap()["message"].to_string())
    };
    delivery(
        "20261101T110213.482913Z_k3f9qa_SALE_NEW.http",
        "2026-11-01T11:02:12+00:00",
    );
    assert_eq!(clock().0, "clock ok");
    delivery(
        "20261101T120000.000000Z_w81mzt_SALE_NEW.http",
        "2026-11-01T13:30:00+00:00",
    );
    let (check, message) = clock();
    assert_eq!(check, "clock warn clock_slow");
    assert!(message.contains("delivery w81mzt came at"), "{message}");
    let next = "29991101T120000.000000Z_0c2h5e_SALE_NEW.http";
    delivery(next, "2999-11-01T12:00:00+00:00");
    let (check, message) = clock();
    assert_eq!(check, "clock warn clock_back");
    assert!(message.contains("before delivery 0c2h5e"), "{message}");
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}
