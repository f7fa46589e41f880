//! The page that a listener starts.

use std::fs;

use super::{Listener, sale, send};

#[test]
fn its_key_is_in_a_file_for_its_owner_and_in_no_output() {
    let mut listener = Listener::start(&["-v"]);
    let file = listener.store().join("inspector.key");
    let key = fs::read_to_string(&file).unwrap();
    let key = key.trim_end();
    assert_eq!(key.len(), 32);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    listener.send(&sale());
    listener.signal("TERM");
    let (code, lines) = listener.end();
    assert_eq!(code, Some(0));
    assert!(
        listener.said.contains("its key is in "),
        "{}",
        listener.said
    );
    assert!(!format!("{}{lines:?}", listener.said).contains(key));
}

#[test]
fn the_endpoint_has_nothing_of_it() {
    let listener = Listener::start(&["--path", "/systeme"]);
    let key = fs::read_to_string(listener.store().join("inspector.key")).unwrap();
    let said = listener.said.clone();
    let page = said
        .split_whitespace()
        .skip_while(|word| *word != "inspector")
        .nth(1);
    let page = page.unwrap().trim_start_matches("http://").to_owned();
    let ask = |address: &str, host: &str, path: &str| {
        let key = key.trim_end();
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\r\n"
        );
        send(address, request.as_bytes())
    };
    for path in ["/", "/ui/main.js", "/api/session", "/api/deliveries"] {
        assert!(
            ask(&page, &page, path).starts_with("HTTP/1.1 200 "),
            "{path}"
        );
        for host in [listener.address(), &page] {
            let answer = ask(listener.address(), host, path);
            assert!(answer.starts_with("HTTP/1.1 404 "), "{path} {answer}");
        }
    }
}

#[test]
fn it_can_be_left_out_and_is_for_this_machine_alone() {
    let listener = Listener::start(&["--no-inspector"]);
    assert!(!listener.store().join("inspector.key").exists());
    for address in ["0.0.0.0:0", "203.0.113.1:7465"] {
        let ended = listener.run(&["listen", "--listen", "127.0.0.1:0", "--inspector", address]);
        assert_eq!(ended.code, 2, "{ended:?}");
        assert!(ended.stderr.contains("for this machine alone"), "{ended:?}");
    }
    let taken = listener.address();
    let ended = listener.run(&["listen", "--listen", "127.0.0.1:0", "--inspector", taken]);
    assert_eq!(ended.code, 4, "{ended:?}");
}
