//! What `siohook doctor` finds out about each server, asked from this machine.

use std::fmt::Write;
use std::net::SocketAddr;
use std::thread;

use serde_json::Value;
use siohook_conformance::{PATH, SECRET, TOKEN};

use crate::frameworks::FRAMEWORKS;
use crate::program::siohook;

/// The checks in their order.
const CHECKS: [&str; 11] = [
    "address", "https", "redirect", "method", "unsigned", "forged", "secret", "token", "gate",
    "time", "size",
];

/// A server, and what doctor says of it.
struct Visit {
    server: &'static str,
    /// The exit code of the program.
    exit: i32,
    /// Check and status, where it is not that of a good receiver.
    but: &'static [(&'static str, &'static str)],
}

/// A good receiver: it is on this machine, over plain HTTP, and there is no gate.
const GOOD: [(&str, &str); 2] = [("address", "warn"), ("https", "skip")];

const RIGHT: Visit = Visit {
    server: "each of these",
    exit: 0,
    but: &[],
};

const WRONG: Visit = Visit {
    server: "any of these, asked with another secret and another token",
    exit: 1,
    but: &[("secret", "fail"), ("token", "fail")],
};

const GATED: Visit = Visit {
    server: "any of these, if it admits 203.0.113.7 alone",
    exit: 0,
    but: &[
        ("unsigned", "skip"),
        ("forged", "skip"),
        ("secret", "skip"),
        ("token", "skip"),
        ("gate", "warn"),
    ],
};

const CARELESS: Visit = Visit {
    server: "a server that answers 200 to everything",
    exit: 1,
    but: &[
        ("method", "warn"),
        ("unsigned", "fail"),
        ("forged", "fail"),
        ("secret", "skip"),
        ("token", "fail"),
        ("size", "skip"),
    ],
};

impl Visit {
    /// The status of a check. `None` if it is left out.
    fn status(&self, check: &str) -> Option<&'static str> {
        let known = self
            .but
            .iter()
            .chain(&GOOD)
            .find(|(name, _)| *name == check);
        match known {
            Some((_, status)) => Some(status),
            None if check == "gate" => None,
            None => Some("ok"),
        }
    }

    /// Asks doctor about a server, and compares what it says.
    fn pay(&self, name: &str, address: SocketAddr, secret: &str, token: &str) {
        let url = format!("http://{address}{PATH}");
        let sources = ["--secret", "env:TEST_SECRET", "--token", "env:TEST_TOKEN"];
        let words = [&["doctor", &url, "--json"], &sources[..]].concat();
        let mut doctor = siohook(&words);
        doctor.env("TEST_SECRET", secret).env("TEST_TOKEN", token);
        let said = doctor.output().expect("the program starts");
        let (out, err) = [said.stdout, said.stderr]
            .map(|text| String::from_utf8(text).expect("it writes UTF-8"))
            .into();
        let found: Vec<_> = out.lines().map(found).collect();
        let expected: Vec<_> = CHECKS
            .into_iter()
            .filter_map(|check| Some(format!("{check} {}", self.status(check)?)))
            .collect();
        let about = format!("{name} as {}:\n{out}{err}", self.server);
        assert_eq!(found, expected, "{about}");
        assert_eq!(said.status.code(), Some(self.exit), "{about}");
    }
}

/// Check and status.
fn found(line: &str) -> String {
    let check: Value = serde_json::from_str(line).expect("it writes JSON");
    let text = |name: &str| check[name].as_str().expect("a check has it").to_owned();
    format!("{} {}", text("check"), text("status"))
}

#[test]
fn doctor_finds_no_fault_in_an_example() {
    for framework in FRAMEWORKS {
        let server = framework.start(&[]);
        RIGHT.pay(framework.name, server.address, SECRET, TOKEN);
    }
}

#[test]
fn doctor_tells_another_secret_and_another_token() {
    for framework in FRAMEWORKS {
        let server = framework.start(&[]);
        WRONG.pay(framework.name, server.address, "another one", "another");
    }
}

#[test]
fn doctor_tells_a_gate_for_addresses() {
    for framework in FRAMEWORKS {
        let server = framework.start(&[("SYSTEME_SOURCE_IPS", "203.0.113.7")]);
        GATED.pay(framework.name, server.address, SECRET, TOKEN);
    }
}

#[test]
fn doctor_finds_the_faults_of_a_server_that_checks_nothing() {
    let server = tiny_http::Server::http("127.0.0.1:0").expect("a port is free");
    let address = server.server_addr().to_ip().expect("it is one of IP");
    // It ends with the process.
    thread::spawn(move || {
        while let Ok(mut request) = server.recv() {
            // A body that is not read would end the connection.
            let _ = std::io::copy(request.as_reader(), &mut std::io::sink());
            let _ = request.respond(tiny_http::Response::empty(200));
        }
    });
    CARELESS.pay("tiny_http", address, SECRET, TOKEN);
}

/// A row for each server, a column for each check.
pub(crate) fn table() -> String {
    let mut table = format!("\n| server | {} |\n|---|", CHECKS.join(" | "));
    table.push_str(&":-:|".repeat(CHECKS.len()));
    table.push('\n');
    let mut row = |server: &str, visit: &Visit| {
        let marks = CHECKS.map(|check| match visit.status(check) {
            Some("ok") => "✔",
            Some("warn") => "!",
            Some("fail") => "✘",
            Some(_) => "–",
            None => "",
        });
        // Writing to a string does not fail.
        let _ = writeln!(table, "| {server} | {} |", marks.join(" | "));
    };
    for framework in FRAMEWORKS {
        row(framework.name, &RIGHT);
    }
    for visit in [WRONG, GATED, CARELESS] {
        row(visit.server, &visit);
    }
    table
}
