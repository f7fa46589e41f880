//! How a sandbox starts.

use std::fs;
use std::net::{TcpListener, TcpStream};

use crate::receiver::Receiver;
use crate::run::{SECRET, Sandbox, TOKEN, end, program, run, run_with};

#[test]
fn ready_means_that_it_listens() {
    let receiver = Receiver::accepting();
    let to = format!("{}?shop=7", receiver.url);
    let mut sandbox = Sandbox::start(&["--json", "--to", &to]);
    TcpStream::connect(sandbox.url.trim_start_matches("http://")).unwrap();
    let ready: serde_json::Value = serde_json::from_str(&sandbox.line()).unwrap();
    assert_eq!(ready["type"], "ready");
    assert_eq!(ready["url"], *sandbox.url);
    assert_eq!(ready["to"], *receiver.url);
    assert_eq!(ready["secret_from"], "SYSTEME_WEBHOOK_SECRET");
    let fire = format!("siohook sandbox fire SALE_NEW --url {}\n", sandbox.url);
    assert!(sandbox.said.contains(&fire), "{}", sandbox.said);
}

#[test]
fn made_up_secrets_are_written_once_to_be_exported() {
    let receiver = Receiver::accepting();
    let sandbox = Sandbox::start_as(program(), &["--to", &receiver.url]);
    let lines = sandbox.said.lines();
    let exported = lines.filter_map(|line| line.trim().strip_prefix("export ")?.split_once('='));
    let [(secret, _), (token, value)] = exported.collect::<Vec<_>>()[..] else {
        panic!("{}", sandbox.said);
    };
    assert_eq!(
        (secret, token),
        ("SYSTEME_WEBHOOK_SECRET", "SYSTEME_WEBHOOK_TOKEN")
    );
    let fired = sandbox.run(&["fire", "contact.tag.added", "--json"]).good();
    assert!(!fired.stdout.contains(value), "{fired:?}");
    let request = String::from_utf8(receiver.request()).unwrap();
    assert!(
        request.starts_with(&format!("POST /systeme?token={value} ")),
        "{request}"
    );
}

#[test]
fn a_secret_is_never_an_argument() {
    for (flag, name) in [
        ("--secret", "secret"),
        ("--token", "token"),
        ("--api-key", "key"),
    ] {
        for value in ["hunter2", "hunter2:env", "ENV:hunter2", ""] {
            let ended = run(&["sandbox", flag, value]);
            assert_eq!((ended.code, &*ended.stdout), (2, ""));
            assert_eq!(
                ended.stderr,
                format!(
                    "error: {flag} takes where the {name} is, not the {name}: that would stay in \
                     the shell's\n       history and be seen in `ps`\n  \
                     env:NAME     an environment variable\n  \
                     file:PATH    a file, for instance /run/secrets/systeme\n  \
                     stdin        the standard input\n  \
                     ask          ask for it here\n"
                )
            );
        }
    }
}

#[test]
fn a_secret_that_can_t_be_read_says_where_it_was_looked_for() {
    let directory = tempfile::tempdir().unwrap();
    let empty = directory.path().join("empty");
    fs::write(&empty, "\n").unwrap();
    let empty = empty.to_str().unwrap();
    for (source, code, text) in [
        (
            "env:NOT_THERE",
            2,
            "error: --secret: NOT_THERE is not set\n",
        ),
        ("file:/not/there", 4, "error: --secret: /not/there: "),
        (
            &*format!("file:{empty}"),
            2,
            &*format!("error: --secret: {empty} is empty\n"),
        ),
        (
            "ask",
            2,
            "error: --secret ask: there is no terminal to ask at\n",
        ),
        ("stdin", 2, "error: --secret: the standard input is empty\n"),
    ] {
        let ended = run(&["sandbox", "--secret", source]);
        assert_eq!(ended.code, code, "{ended:?}");
        assert!(ended.stderr.starts_with(text), "{ended:?}");
    }
    let twice = ["sandbox", "--secret", "stdin", "--token", "stdin"];
    let ended = run_with(b"abc\n", &twice);
    assert_eq!(ended.code, 2);
    assert_eq!(
        ended.stderr,
        "error: --token: `stdin` was read for another secret\n"
    );
}

#[test]
fn secrets_come_from_files_and_variables() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("token");
    fs::write(&path, "token-of-a-file\r\n").unwrap();
    let receiver = Receiver::accepting();
    let source = format!("file:{}", path.display());
    let sandbox = Sandbox::start(&["--token", &source, "--to", &receiver.url]);
    let fired = sandbox.run(&["fire", "contact.tag.added"]).good();
    assert!(fired.stdout.contains("200 done"), "{fired:?}");
    let request = String::from_utf8(receiver.request()).unwrap();
    assert!(
        request.starts_with("POST /systeme?token=token-of-a-file HTTP/1.1\r\n"),
        "{request}"
    );
}

#[test]
fn no_output_holds_a_secret() {
    let receiver = Receiver::in_turn(&[200, 200, 500]);
    let mut sandbox = Sandbox::start(&["--to", &receiver.url, "--log", "json", "--verbose"]);
    let mut all = String::new();
    for event in ["SALE_NEW", "contact.tag.added", "customer.sale.completed"] {
        let ended = sandbox.run(&["fire", event, "-v"]);
        all.extend([ended.stdout, ended.stderr, sandbox.line()]);
    }
    for words in [
        &["messages"][..],
        &["messages", "--json"],
        &["show", "@1"],
        &["show", "@2", "--json"],
        &["show", "@2.1", "--json"],
        &["wait", "--json"],
        &["resend", "@2", "--json"],
        &["reset", "-v"],
    ] {
        let ended = sandbox.run(words);
        all.extend([ended.stdout, ended.stderr]);
    }
    all.push_str(&sandbox.said);
    assert!(all.contains("contact.tag.added") && all.contains(&receiver.url));
    assert!(!all.contains(SECRET) && !all.contains(TOKEN), "{all}");
}

#[test]
fn a_port_that_is_taken_is_exit_4() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let ended = run(&["sandbox", "--listen", &address.to_string()]);
    assert_eq!((ended.code, &*ended.stdout), (4, ""));
    let next = address.port().wrapping_add(1);
    assert_eq!(
        ended.stderr,
        format!(
            "error: {address} is taken\n  end what listens there, or try --listen 127.0.0.1:{next}\n"
        )
    );
}

#[test]
fn what_can_t_be_used_is_exit_2() {
    for words in [
        &["--retries", "often"][..],
        &["--automation-retries", "1"],
        &["--clock", "fast"],
        &["--success", "ok"],
        &["--timeout", "10"],
        &["--disable-below", "50"],
        &["--rate-limit", "0/1"],
        &["--chaos", "{"],
        &["--chaos", r#"{"account":{"damage":"all"}}"#],
        &["--now", "today"],
        &["--listen", "localhost"],
        &["--listen", "0.0.0.0:0"],
        &["--allow", "http://a"],
        &["--to", "ftp://127.0.0.1/"],
        &["--to", "http://192.0.2.1/systeme"],
        &["--tls-cert", "cert.pem"],
    ] {
        let ended = run(&[&["sandbox", "--listen", "127.0.0.1:0"], words].concat());
        assert_eq!((ended.code, &*ended.stdout), (2, ""), "{words:?} {ended:?}");
        assert!(ended.stderr.starts_with("error: "), "{ended:?}");
    }
}

#[test]
fn a_file_that_can_t_be_used_is_exit_4() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("damaged.pem");
    fs::write(&path, "-----BEGIN").unwrap();
    let damaged = path.to_str().unwrap();
    for words in [
        &["--load", "/not/there.json"][..],
        &["--load", damaged],
        &["--data", damaged],
        &["--chaos", "/not/there.json"],
        &["--chaos", damaged],
        &[
            "--tls-cert",
            "/not/there.pem",
            "--tls-key",
            "/not/there.pem",
        ],
        &["--tls-cert", damaged, "--tls-key", damaged],
    ] {
        let ended = run(&[&["sandbox", "--listen", "127.0.0.1:0"], words].concat());
        assert_eq!((ended.code, &*ended.stdout), (4, ""), "{words:?} {ended:?}");
    }
}

#[test]
fn chaos_is_json_or_a_file_with_it() {
    let receiver = Receiver::accepting();
    let json = r#"{"account": {"damage": "signature"}}"#;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("chaos.json");
    fs::write(&file, json).unwrap();
    for given in [json, file.to_str().unwrap()] {
        let sandbox = Sandbox::start(&["--to", &receiver.url, "--chaos", given]);
        sandbox.run(&["fire", "SALE_NEW"]).good();
        let shown = sandbox.run(&["messages", "--json"]).good().json();
        let hits = &shown[0]["attempts"][0]["chaos"];
        assert_eq!(*hits, serde_json::json!(["damage_signature"]), "{shown:?}");
    }
}

#[test]
fn variables_are_flags() {
    let receiver = Receiver::accepting();
    let mut program = program();
    program
        .env("SIOHOOK_SANDBOX_TO", &receiver.url)
        .env("SIOHOOK_SANDBOX_SECRET", "env:OWN_SECRET")
        .env("OWN_SECRET", SECRET)
        .env("SIOHOOK_SANDBOX_LOG", "json");
    let mut sandbox = Sandbox::start_as(program, &[]);
    assert!(
        sandbox.said.contains("from OWN_SECRET\n"),
        "{}",
        sandbox.said
    );
    sandbox.run(&["fire", "SALE_NEW"]).good();
    let line: serde_json::Value = serde_json::from_str(&sandbox.line()).unwrap();
    assert_eq!(line["event"], "SALE_NEW");
    let ended = end(crate::run::program()
        .env("SIOHOOK_SANDBOX_RETRIES", "often")
        .arg("sandbox"));
    assert_eq!(ended.code, 2);
}

#[test]
fn a_file_of_settings_names_the_receiver_and_the_secret() {
    let receiver = Receiver::accepting();
    let folder = tempfile::tempdir().unwrap();
    let settings = format!(
        "forward_to = {:?}\n[secrets]\nmain = \"env:OF_THE_SHOP\"\nold = \"file:missing\"\n",
        receiver.url
    );
    fs::write(folder.path().join("siohook.toml"), settings).unwrap();
    let mut program = program();
    program
        .env("OF_THE_SHOP", SECRET)
        .current_dir(folder.path());
    let sandbox = Sandbox::start_as(program, &[]);
    assert!(
        sandbox.said.contains("from OF_THE_SHOP"),
        "{}",
        sandbox.said
    );
    sandbox.run(&["fire", "SALE_NEW"]).good();
    let request = receiver.request();
    let body = request.windows(4).position(|end| end == b"\r\n\r\n");
    let signature = siohook_sender::sign(SECRET, &request[body.unwrap() + 4..]);
    let head = String::from_utf8_lossy(&request);
    assert!(head.contains(&signature), "{head}");
}
