//! `export`, `import`, `reset` and `cert`.

use std::fs;
use std::process::Command;

use crate::receiver::Receiver;
use crate::run::{Sandbox, end, has, run, run_with};

#[test]
fn an_account_moves_from_one_sandbox_to_another() {
    let receiver = Receiver::accepting();
    let one = Sandbox::start(&["--to", &receiver.url]);
    one.run(&["fire", "opt-in", "--contact", "ada@example.com"])
        .good();
    let exported = one.run(&["export"]).good().stdout;
    assert!(exported.contains("ada@example.com"));

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("account.json");
    fs::write(&path, &exported).unwrap();
    let path = path.to_str().unwrap();
    let two = Sandbox::start(&[]);
    two.run(&["import", path]).good();
    assert_eq!(two.run(&["export"]).good().stdout, exported);
    let three = Sandbox::start(&["--load", path]);
    assert_eq!(three.run(&["export"]).good().stdout, exported);
    let url = ["sandbox", "import", "-", "--url", &one.url];
    run_with(exported.as_bytes(), &url).good();
    assert_eq!(one.run(&["export"]).good().stdout, exported);
}

#[test]
fn a_file_that_is_not_an_account_changes_nothing() {
    let sandbox = Sandbox::start(&[]);
    let before = sandbox.run(&["export"]).good().stdout;
    for damaged in ["", "{", "[]", "{\"version\":999}"] {
        let ended = run_with(
            damaged.as_bytes(),
            &["sandbox", "import", "-", "--url", &sandbox.url],
        );
        assert_eq!(ended.code, 2, "{damaged:?} {ended:?}");
    }
    assert_eq!(sandbox.run(&["import", "/not/there.json"]).code, 4);
    assert_eq!(sandbox.run(&["export"]).good().stdout, before);
}

#[test]
fn reset_goes_back_to_the_start() {
    let receiver = Receiver::accepting();
    let sandbox = Sandbox::start(&["--to", &receiver.url]);
    let account = || sandbox.run(&["export"]).good().stdout;
    let start = account();
    sandbox
        .run(&["fire", "opt-in", "--contact", "ada@example.com"])
        .good();
    sandbox.run(&["reset", "--keep", "contacts"]).good();
    assert_eq!(sandbox.run(&["messages"]).good().stdout, "");
    assert!(account().contains("ada@example.com"));
    sandbox.run(&["reset"]).good();
    assert_eq!(account(), start);
    assert_eq!(sandbox.run(&["reset", "--keep", "contact"]).code, 2);
}

#[test]
fn a_certificate_is_written_once_and_served() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("certs");
    let words = ["sandbox", "cert", "--out", out.to_str().unwrap()];
    let written = run(&words).good();
    let [cert, key] = written.stdout.lines().collect::<Vec<_>>()[..] else {
        panic!("{written:?}");
    };
    assert!(
        fs::read_to_string(cert)
            .unwrap()
            .starts_with("-----BEGIN CERTIFICATE-----")
    );
    let key_before = fs::read(key).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(
            fs::metadata(key).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    assert_eq!(run(&words).code, 4);
    assert_eq!(fs::read(key).unwrap(), key_before);

    if !has("curl") {
        return;
    }
    let sandbox = Sandbox::start(&["--tls-cert", cert, "--tls-key", key]);
    let address = sandbox.url.trim_start_matches("https://");
    let mut curl = Command::new("curl");
    curl.args([
        "-q",
        "-sS",
        "--fail",
        "--cacert",
        cert,
        "-H",
        "X-API-Key: k",
    ]);
    curl.args(["--connect-to", &format!("api.systeme.io:443:{address}")]);
    let tags = end(curl.arg("https://api.systeme.io/api/tags")).good();
    assert_eq!(tags.stdout, r#"{"items":[],"hasMore":false}"#);
    let plain = format!("http://{address}");
    run(&["sandbox", "messages", "--url", &plain]).good();
}
