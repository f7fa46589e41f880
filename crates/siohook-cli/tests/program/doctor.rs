//! `siohook doctor`.

mod machine;

use std::fs;
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::Value;
use siohook::IpAllowList;
use siohook_sender::Capture;

use crate::receiver::{Receiver, nowhere};
use crate::run::{Ended, SECRET, TOKEN, end, has, program};
use crate::served::{Certificate, Served};

fn doctor(words: &[&str]) -> Command {
    let mut command = program();
    command
        .args(["doctor", "--json"])
        .args(words)
        .env("SYSTEME_WEBHOOK_SECRET", SECRET)
        .env("SYSTEME_WEBHOOK_TOKEN", TOKEN)
        .stdin(Stdio::null());
    command
}

/// The checks as `name status code`.
#[track_caller]
fn checks(ended: &Ended) -> Vec<String> {
    for text in [&ended.stdout, &ended.stderr] {
        assert!(!text.contains(SECRET) && !text.contains(TOKEN), "{text}");
    }
    let line = |check: &Value| {
        assert_eq!(check["type"], "check");
        let parts = ["check", "status", "code"].map(|name| check[name].as_str());
        let line = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        // Whether the answer comes before the end of the connection is a matter of luck.
        match check["message"].as_str() {
            Some(message) if message.contains("the connection ended") => {
                line.replace("size skip", "size ok")
            }
            _ => line,
        }
    };
    ended.json().iter().map(line).collect()
}

/// The checks of a run with this exit code.
#[track_caller]
fn found(code: i32, words: &[&str]) -> Vec<String> {
    let ended = end(&mut doctor(words));
    assert_eq!(ended.code, code, "{ended:?}");
    checks(&ended)
}

const GOOD: [&str; 10] = [
    "address warn address_private",
    "https skip",
    "redirect ok",
    "method ok",
    "unsigned ok",
    "forged ok",
    "secret ok",
    "token ok",
    "time ok",
    "size ok",
];

/// The good checks, with others in their places.
fn good_but(others: &[&str]) -> Vec<String> {
    let name = |check: &str| check.split(' ').next().unwrap().to_owned();
    let checks = GOOD.iter().map(|check| {
        let other = others.iter().find(|other| name(other) == name(check));
        (*other.unwrap_or(check)).to_owned()
    });
    checks.collect()
}

#[test]
fn a_receiver_with_siohook_is_well_and_runs_nothing() {
    let served = Served::siohook();
    assert_eq!(found(0, &[&served.url]), GOOD);
    let with_token = format!("{}?token={TOKEN}", served.url);
    let mut command = doctor(&[&with_token]);
    let ended = end(command.env_remove("SYSTEME_WEBHOOK_TOKEN"));
    assert_eq!(checks(&ended), GOOD, "the token of the URL is taken");
    let mut command = doctor(&[&served.url]);
    command.env_remove("SYSTEME_WEBHOOK_TOKEN");
    let ended = end(command.env_remove("SYSTEME_WEBHOOK_SECRET"));
    assert_eq!(checks(&ended), good_but(&["secret skip", "token skip"]));
    assert!(ended.stderr.ends_with(" ok\n"), "{ended:?}");
    assert_eq!(served.ran.load(Ordering::SeqCst), 0);
}

#[test]
fn a_secret_that_the_receiver_does_not_have_is_told() {
    let served = Served::siohook();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("other");
    fs::write(&file, "another one").unwrap();
    let source = format!("file:{}", file.display());
    let words = [&*served.url, "--secret", &source, "--token", &source];
    let wrong = ["secret fail secret_wrong", "token fail token_wrong"];
    assert_eq!(found(1, &words), good_but(&wrong));
    let wrong = end(&mut doctor(&words));
    assert!(wrong.stdout.contains("`siohook verify`"), "{wrong:?}");
}

#[test]
fn a_receiver_that_checks_nothing_fails_and_gets_no_sale() {
    let receiver = Receiver::accepting();
    let found = found(1, &[&receiver.url]);
    let faults = [
        "method warn get_accepted",
        "unsigned fail unsigned_accepted",
        "forged fail forged_accepted",
        "secret skip",
        "token fail token_ignored",
        "size skip",
    ];
    assert_eq!(found, good_but(&faults));
    let mut sent = 0;
    while let Some(request) = receiver.next_request() {
        let request = Capture::read(request).unwrap();
        let body = String::from_utf8_lossy(request.body()).replace(' ', "");
        assert!(["", "{}"].contains(&&*body), "{body}");
        let event = request.header("x-webhook-event");
        assert!(event.is_none_or(|event| event == b"SIOHOOK_DOCTOR"));
        sent += 1;
    }
    assert_eq!(sent, 7);
}

#[test]
fn another_receiver_is_judged_by_its_statuses() {
    // It reads the body before it looks at the signature, if it does, so nothing is told.
    let same = Receiver::answering(400, "");
    let unknown = ["unsigned skip", "forged skip", "secret skip", "token skip"];
    assert_eq!(found(0, &[&same.url]), good_but(&unknown));
    // It is content with any signature.
    let signed = Receiver::by(|request| {
        let text = String::from_utf8_lossy(request).to_lowercase();
        let is_signed = text.contains("x-webhook-signature") || text.contains("token=");
        (if is_signed { 400 } else { 401 }, "")
    });
    let unknown = ["forged skip", "secret skip", "token skip"];
    assert_eq!(found(0, &[&signed.url]), good_but(&unknown));
    let signature = siohook_sender::sign(SECRET, "{}");
    for (known, unknown) in [(400, 401), (200, 401), (422, 403)] {
        let signature = signature.clone();
        let checking = Receiver::by(move |request| {
            let text = String::from_utf8_lossy(request);
            let is_known = text.contains(&signature) || text.contains(TOKEN);
            (if is_known { known } else { unknown }, "")
        });
        assert_eq!(found(0, &[&checking.url]), GOOD);
    }
    let other = Receiver::answering(401, "");
    assert_eq!(
        found(0, &[&other.url]),
        good_but(&["secret skip", "token skip"])
    );
    let broken = Receiver::answering(500, "");
    let faults = [
        "unsigned warn not_refused",
        "forged warn not_refused",
        "secret skip",
        "token skip",
        "size skip",
    ];
    assert_eq!(found(0, &[&broken.url]), good_but(&faults));
    let missing = Receiver::answering(404, "");
    let faults = [
        "method fail not_found",
        "unsigned skip",
        "forged skip",
        "secret skip",
        "token skip",
        "size skip",
    ];
    assert_eq!(found(1, &[&missing.url]), good_but(&faults));
}

#[test]
fn who_answers_a_get_is_told() {
    let served = Served::siohook();
    let of_siohook = end(&mut doctor(&[&served.url])).stdout;
    assert!(
        of_siohook.contains("GET answers 405, from the receiver"),
        "{of_siohook}"
    );
    let proxy = Receiver::by(|request| {
        (
            if request.starts_with(b"GET") {
                404
            } else {
                401
            },
            "",
        )
    });
    let of_proxy = end(&mut doctor(&[&proxy.url])).stdout;
    assert!(
        of_proxy.contains("GET answers 404, from a router or a proxy"),
        "{of_proxy}"
    );
}

#[test]
fn a_redirect_loses_the_body() {
    let served = Served::redirecting();
    let ended = end(&mut doctor(&[&served.url]));
    assert_eq!(ended.code, 1);
    let rest = ["method", "unsigned", "forged", "secret", "token", "size"];
    let skipped = rest.map(|name| format!("{name} skip"));
    assert_eq!(checks(&ended)[2], "redirect fail redirected");
    assert_eq!(checks(&ended)[3..], skipped);
    assert!(ended.stdout.contains("307 to /login: "), "{ended:?}");
    assert!(!ended.stdout.contains("of-the-redirect"), "{ended:?}");
}

#[test]
fn a_receiver_that_is_not_there_is_exit_3() {
    let down = end(&mut doctor(&[&nowhere()]));
    assert_eq!(down.code, 3, "{down:?}");
    let error: Value = serde_json::from_str(&down.stderr).unwrap();
    assert_eq!(error["code"], "receiver_unreachable");
    assert_eq!(error["hint"], "start the receiver, or check host and port");
    let unknown = found(3, &["http://shop.invalid/systeme"]);
    assert_eq!(unknown, ["address fail receiver_unknown"]);
    let (silent, _go) = Receiver::waiting();
    let silent = end(&mut doctor(&[&silent.url, "--timeout", "200ms"]));
    assert!(
        silent.code == 3 && silent.stderr.contains("receiver_silent"),
        "{silent:?}"
    );
    for url in ["shop.example.com", "ftp://shop.example.com", ""] {
        assert_eq!(end(&mut doctor(&[url])).code, 2, "{url}");
    }
}

#[test]
fn a_gate_for_addresses_is_told_apart() {
    let receiver = Receiver::answering(403, "");
    let unknown = ["unsigned skip", "forged skip", "secret skip", "token skip"];
    let mut expected = good_but(&unknown);
    expected.insert(8, "gate warn address_gate".to_owned());
    assert_eq!(found(0, &[&receiver.url]), expected);
    // Without a secret, 403 may be what is not signed well.
    let mut command = doctor(&[&receiver.url]);
    command.env_remove("SYSTEME_WEBHOOK_TOKEN");
    let ended = end(command.env_remove("SYSTEME_WEBHOOK_SECRET"));
    assert_eq!(checks(&ended), good_but(&["secret skip", "token skip"]));
    let gated = Served::with(|builder| builder.source_ips(IpAllowList::systeme_io()));
    assert_eq!(found(0, &[&gated.url]), expected);
    // Past it, by another address.
    let served = Served::siohook();
    let port = served.address.rsplit(':').next().unwrap();
    let url = format!("http://shop.example.com:{port}/systeme");
    let faults = ["https warn plain_http", "token skip"];
    let past = ["--resolve", "127.0.0.1"];
    assert_eq!(found(0, &[&[&*url], &past[..]].concat()), good_but(&faults));
    // Others could read a token, so it is not sent.
    let faults = ["https fail token_in_clear", "token skip"];
    let with_token = format!("{url}?token={TOKEN}");
    assert_eq!(
        found(1, &[&[&*with_token], &past[..]].concat()),
        good_but(&faults)
    );
    let flag = ["--token", "env:SYSTEME_WEBHOOK_TOKEN"];
    let words = [&[&*url], &past[..], &flag].concat();
    assert_eq!(found(1, &words), good_but(&faults));
}

#[test]
fn a_slow_receiver_is_warned_of() {
    let receiver = Receiver::by(|request| {
        if request.starts_with(b"GET") {
            std::thread::sleep(Duration::from_millis(5100));
            return (405, "");
        }
        (401, "")
    });
    let faults = ["secret skip", "token skip", "time warn slow"];
    assert_eq!(found(0, &[&receiver.url]), good_but(&faults));
}

#[test]
fn a_certificate_is_read() {
    let served = Served::siohook();
    let folder = tempfile::tempdir().unwrap();
    // Days left, the name in it, whether it is trusted, and what comes of it.
    for (days, name, is_trusted, code, https, words) in [
        (62, "localhost", true, 0, "https ok", "valid, 61 days left"),
        (
            6,
            "localhost",
            true,
            0,
            "https warn certificate_ends",
            "valid, 5 days left",
        ),
        (
            62,
            "localhost",
            false,
            3,
            "https fail receiver_tls",
            "UnknownIssuer",
        ),
        (
            -2,
            "localhost",
            true,
            3,
            "https fail receiver_tls",
            "xpired",
        ),
        (
            62,
            "shop.example.com",
            true,
            3,
            "https fail receiver_tls",
            "shop.example.com",
        ),
    ] {
        let certificate = Certificate::new(folder.path(), name, days);
        let trusted = if is_trusted {
            certificate.file.clone()
        } else {
            let other = folder.path().join("other");
            fs::create_dir_all(&other).unwrap();
            Certificate::new(&other, name, days).file
        };
        let port = served.behind_tls(certificate);
        let url = format!("https://localhost:{port}/systeme");
        let mut command = doctor(&[&url, "--resolve", "127.0.0.1"]);
        let ended = end(command.env("SSL_CERT_FILE", trusted));
        assert_eq!(ended.code, code, "{ended:?}");
        let found = checks(&ended);
        assert_eq!(found[1], https, "{ended:?}");
        assert!(ended.stdout.contains(words), "{ended:?}");
        if code == 0 {
            assert_eq!(found, good_but(&[https]));
        } else {
            assert_eq!(found.len(), 2, "nothing is sent without TLS");
        }
    }
}

#[test]
fn an_event_is_delivered_if_the_user_says_so() {
    let served = Served::siohook();
    let words = [&*served.url, "--deliver", "contact.tag.added"];
    let asked = end(&mut doctor(&words));
    assert_eq!((asked.code, &*asked.stdout), (2, ""), "{asked:?}");
    assert!(
        asked.stderr.contains("deliver contact.tag.added to"),
        "{asked:?}"
    );
    let mut expected = GOOD.map(str::to_owned).to_vec();
    expected.push("deliver ok".to_owned());
    assert_eq!(found(0, &[&words[..], &["--yes"]].concat()), expected);
    assert_eq!(served.ran.load(Ordering::SeqCst), 1);

    let refusing = Receiver::answering(401, "");
    let words = [&*refusing.url, "--deliver", "SALE_NEW", "--yes"];
    let last = found(1, &words).pop().unwrap();
    assert_eq!(last, "deliver fail not_delivered");
    for words in [
        &["--deliver", "NEW_SALE", "--yes"][..],
        &["--deliver", "SALE_NEW", "--yes"],
    ] {
        let mut command = doctor(&[&[&*refusing.url], words].concat());
        let ended = end(command.env_remove("SYSTEME_WEBHOOK_SECRET"));
        assert_eq!((ended.code, &*ended.stdout), (2, ""), "{ended:?}");
    }
}

#[test]
fn a_person_sees_marks_and_what_to_do() {
    if !has("script") {
        return;
    }
    let receiver = Receiver::accepting();
    let line = format!("{} doctor {}", env!("CARGO_BIN_EXE_siohook"), receiver.url);
    let mut script = Command::new("script");
    script
        .args(["-qec", &line, "/dev/null"])
        .env("NO_COLOR", "1")
        .stdin(Stdio::null());
    let shown = String::from_utf8(script.output().unwrap().stdout).unwrap();
    let shown = shown.replace("\r\n", "\n");
    assert!(
        shown.starts_with("! address    127.0.0.1\n             systeme.io can't reach 127.0.0.1"),
        "{shown}"
    );
    let unsigned =
        "\n✘ unsigned   accepted (200): it takes what is not signed\n             any caller";
    assert!(shown.contains(unsigned), "{shown}");
    assert!(shown.ends_with(" ok\n"), "{shown}");
    let piped = end(program()
        .args(["doctor", &receiver.url])
        .stdin(Stdio::null()));
    assert!(piped.stdout.contains("redirect\tok\tnone\t\n"), "{piped:?}");
}
