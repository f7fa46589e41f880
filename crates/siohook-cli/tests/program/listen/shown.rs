//! What is written.

use siohook_sender::Sample;

use super::{Listener, sale};
use crate::receiver::Receiver;
use crate::run::{SECRET, TOKEN};

#[test]
fn a_line_of_a_person_has_the_verdict_and_the_answer() {
    let receiver = Receiver::in_turn(&[200, 500]);
    let folder = tempfile::tempdir().unwrap();
    let mut listener = Listener::start_in(folder, &["--forward-to", &receiver.url]);
    let sale = sale();
    listener.send(&sale);
    listener.send(&sale);
    let forged = Sample::of("SALE_NEW").signed_with("another secret");
    listener.send(&forged.request("/systeme").unwrap().to_http1());
    let cells = |line: String| line.split('\t').map(str::to_owned).collect::<Vec<_>>();
    for (verdict, answer) in [
        ("✔ SYSTEME_WEBHOOK_SECRET", "200"),
        ("✔ SYSTEME_WEBHOOK_SECRET", "500"),
        ("✘ signature_wrong: ", "500"),
    ] {
        let cells = cells(listener.line());
        assert!(cells[4].starts_with(verdict), "{cells:?}");
        assert_eq!((&*cells[2], &*cells[5]), ("SALE_NEW", answer));
    }
    listener.signal("INT");
    assert_eq!(listener.end().0, Some(0));
    let said = &listener.said;
    let end = format!(
        "3 deliveries, 1 refused, 1 failed. `siohook replay --failed --to {}` sends the failed ones again.",
        receiver.url
    );
    assert!(
        said.contains("cloudflared tunnel --url http://127.0.0.1:"),
        "{said}"
    );
    assert!(said.contains(&end), "{said}");
}

#[test]
fn no_output_holds_a_secret_or_steers_a_terminal() {
    for words in [&[][..], &["--json"], &["--verbose"]] {
        let receiver = Receiver::answering(500, "{\"outcome\":\"\\u001b[2J\"}");
        let to = format!("{}?token={TOKEN}", receiver.url);
        let folder = tempfile::tempdir().unwrap();
        let to = ["--forward-to", &to];
        let mut listener = Listener::start_in(folder, &[words, &to].concat());
        let tag = Sample::of("contact.tag.added").token(TOKEN);
        listener.send(&sale());
        listener.send(&tag.request("/systeme").unwrap().to_http1());
        listener
            .send(b"POST / HTTP/1.1\r\nX-Webhook-Event: a\x9b\xc2\x9b2J\xe2\x80\xae\tb\r\n\r\n");
        listener.send(b"\x1b[2J\r\n\r\n");
        listener.signal("INT");
        let (code, lines) = listener.end();
        assert_eq!(code, Some(0));
        let written = lines.join("\n") + &listener.said;
        assert!(
            written.contains("✔ token") || written.contains("\"by\":\"token\""),
            "{written}"
        );
        for hidden in [SECRET, TOKEN, "\u{1b}", "\u{9b}", "\u{202e}"] {
            assert!(!written.contains(hidden), "{written:?}");
        }
    }
}

#[test]
fn without_a_secret_it_is_said_once_that_nothing_is_checked() {
    let mut program = crate::run::program();
    let folder = tempfile::tempdir().unwrap();
    program
        .args(["--json", "--store", folder.path().to_str().unwrap()])
        .args(["listen", "--listen", "127.0.0.1:0"])
        .current_dir(folder.path());
    let mut process = crate::run::Process::start(program);
    assert!(process.said.contains("not checked"), "{}", process.said);
    let address = process.url.trim_start_matches("http://").to_owned();
    super::send(&address, &sale());
    process.line();
    let delivery = process.line();
    assert!(!delivery.contains("verdict"), "{delivery}");
}
