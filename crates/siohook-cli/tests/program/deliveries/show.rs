//! `siohook deliveries show`.

use std::fs;

use super::{Kept, SALE_BODY};
use crate::run::end;

#[test]
fn a_delivery_is_shown_without_its_token() {
    let kept = Kept::new();
    let log = r#"{"type":"answered","at":"2026-11-26T11:02:13Z","status":200}
{"type":"forward","at":"2026-11-26T11:02:15Z","to":"http://127.0.0.1:3000/?token=b7e1","status":500,"outcome":"failed","elapsed_ms":3}
"#;
    kept.log("20261126T110214.000000Z_0c2h5e.log", log);
    let shown = kept.run(&["show", "@2"]).good().stdout;
    let file = kept
        .folder
        .path()
        .join("20261126T110214.000000Z_0c2h5e_SALE_NEW.http");
    let expected = format!(
        "SALE_NEW
id        0c2h5e
received  2026-11-26 11:02:14
from      127.0.0.1, for 203.0.113.7
message   m-1, attempt 2
file      {}
answered  2026-11-26 11:02:13  200
forwarded 2026-11-26 11:02:15  → 500 failed  3 ms  http://127.0.0.1:3000/?token=•••

POST /systeme?token=••• HTTP/1.1
Host: calm-river.example.com
X-Forwarded-For: 203.0.113.7
X-Webhook-Event: SALE_NEW
X-Webhook-Message-Id: m-1
X-Webhook-Signature: 0123
Content-Length: 39
body, 39 B
{{
  \"customer\": {{
    \"email\": \"l\\u00e9a@a.fr\"
  }}
}}
",
        file.display()
    );
    assert_eq!(shown, expected);
    let json = kept.run(&["show", "0c", "--json"]).good();
    let lines = json.json();
    assert_eq!(
        (&lines[0]["body"], &lines[0]["attempt"]),
        (&SALE_BODY.into(), &2.into())
    );
    assert_eq!(
        (&lines[2]["type"], &lines[2]["id"]),
        (&"forward".into(), &"0c2h5e".into())
    );
    assert!(!json.stdout.contains("b7e1"), "{json:?}");
}

#[test]
fn a_part_is_exact_or_escaped() {
    let kept = Kept::empty();
    let head =
        b"POST /?a=1 HTTP/1.1\r\nX-A:  \xe9\xff \r\nx-webhook-event: A\x9b2J\xe2\x80\xae\r\n\r\n";
    let body = b"{\"a\": \"\xc2\x9b2J\"}\0\x1b[2J\xff";
    let text = "{\"a\":\"\u{9b}2J\u{202e}\"}";
    kept.add(
        "bbbbbb",
        "2026-11-26T11:02:12Z",
        "POST /\u{9b} HTTP/1.1\r\nX-A: \u{9b}\r\n\r\n",
        text,
    );
    kept.add_bytes("k3f9qa", "2026-11-26T11:02:13.000000Z", head, body);
    let show = |part: &str| kept.bytes(&["show", "@1", part]);
    assert_eq!(show("--raw"), [&head[..], body].concat());
    assert_eq!(show("--body"), body);
    assert_eq!(
        String::from_utf8(show("--hex")).unwrap(),
        "00000000  7b 22 61 22 3a 20 22 c2  9b 32 4a 22 7d 00 1b 5b  |{\"a\": \"..2J\"}..[|\n\
         00000010  32 4a ff                                          |2J.|\n"
    );
    assert!(show("--headers").starts_with(b"POST /?a=1 HTTP/1.1\nX-A: \xef\xbf\xbd"));
    for words in [
        &["show", "@1"][..],
        &["show", "@1", "--headers"],
        &["show", "@1", "--pretty"],
        &["show", "@1", "--json"],
        &["list"],
        &["list", "--json"],
        &["export", "@1", "--as", "curl"],
        &["export", "@1", "--as", "json"],
        &["export", "@1", "--as", "har"],
        &["show", "@2"],
        &["show", "@2", "--json"],
        &["export", "@2", "--as", "curl"],
        &["export", "@2", "--as", "json"],
        &["export", "@2", "--as", "har"],
    ] {
        let text = String::from_utf8(kept.bytes(words)).unwrap();
        let harmful = |letter: char| {
            letter.is_control() && !['\n', '\t'].contains(&letter) || letter == '\u{202e}'
        };
        let found = text.chars().find(|letter| harmful(*letter));
        assert_eq!(found, None, "{words:?}: {text}");
    }
    let file = kept.folder.path().join("copy.txt");
    fs::write(&file, "POST / HTTP/1.1\n\n{}").unwrap();
    assert_eq!(show("--body"), body);
    assert_eq!(
        kept.bytes(&["show", file.to_str().unwrap(), "--body"]),
        b"{}"
    );
    let mut command = kept.command(&["show", "-", "--body"]);
    let read = end(command.stdin(fs::File::open(&file).unwrap())).good();
    assert_eq!(read.stdout, "{}");
    assert_eq!(kept.run(&["show", "@1", "--raw", "--json"]).code, 2);
}

#[test]
fn an_edited_file_is_marked() {
    let kept = Kept::new();
    let path = kept
        .folder
        .path()
        .join("20261126T110215.000000Z_w81mzt_contact.tag.added.http");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"data\":{}", "\"data\":[]")).unwrap();
    let listed = kept.run(&["list", "-n1"]).good().stdout;
    assert!(listed.ends_with("\tedited\n"), "{listed}");
    assert_eq!(
        kept.run(&["show", "@1", "--json"]).good().json()[0]["marks"],
        serde_json::json!(["edited"])
    );
}
