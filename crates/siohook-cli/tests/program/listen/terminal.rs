//! A listener on a terminal of its own, which `script` makes.
#![cfg(target_os = "linux")]

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use siohook_sender::Sample;

use super::{send, surround};
use crate::receiver::Receiver;
use crate::run::{TOKEN, has, program};

struct Terminal {
    script: Child,
    keyboard: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    address: String,
    /// It is removed at the end.
    _folder: tempfile::TempDir,
}

impl Terminal {
    /// Starts one. `None` if there is no `script`.
    fn start(words: &str) -> Option<Self> {
        let program = env!("CARGO_BIN_EXE_siohook");
        // Some shells stay before a single command, and end by the signal that it takes.
        Self::run(&format!(
            "exec {program} listen --listen 127.0.0.1:0 {words}"
        ))
    }

    fn run(line: &str) -> Option<Self> {
        if !has("script") {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let mut script = Command::new("script");
        // The variables of whoever runs the tests.
        for (name, value) in program().get_envs() {
            assert!(value.is_none());
            script.env_remove(name);
        }
        surround(&mut script, folder.path());
        script
            .args(["-qec", line, "/dev/null"])
            .envs([("NO_COLOR", "1"), ("TERM", "xterm")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut script = script.spawn().unwrap();
        let keyboard = script.stdin.take().unwrap();
        let lines = BufReader::new(script.stdout.take().unwrap()).lines();
        let mut terminal = Self {
            script,
            keyboard,
            lines,
            address: String::new(),
            _folder: folder,
        };
        let line = terminal.read_to("://127.0.0.1:");
        let (_, rest) = line.split_once("http://").unwrap();
        let is_other = |letter: char| !letter.is_ascii_digit() && !".:".contains(letter);
        let address = rest.split(is_other).next().unwrap();
        address.clone_into(&mut terminal.address);
        terminal.read_to("ready");
        Some(terminal)
    }

    /// Reads up to a line with this text.
    #[track_caller]
    fn read_to(&mut self, text: &str) -> String {
        let mut read = String::new();
        for line in &mut self.lines {
            let line = line.unwrap();
            if line.contains(text) {
                return line;
            }
            read.extend([&*line, "\n"]);
        }
        panic!("no {text:?} in {read}");
    }

    fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    fn end(mut self) -> Option<i32> {
        for line in self.lines {
            line.unwrap();
        }
        self.script.wait().unwrap().code()
    }
}

/// The columns, counted in letters, at which words begin.
fn places(line: &str, words: &[&str]) -> Vec<usize> {
    let place = |word: &&str| {
        let at = line
            .find(*word)
            .unwrap_or_else(|| panic!("no {word} in {line}"));
        line[..at].chars().count()
    };
    words.iter().map(place).collect()
}

#[test]
fn the_columns_of_lines_are_aligned() {
    let receiver = Receiver::in_turn(&[200, 500]);
    let secrets = "--secret main=env:SYSTEME_WEBHOOK_SECRET --token hook=env:SYSTEME_WEBHOOK_TOKEN";
    let words = format!("{secrets} --forward-to {}", receiver.url);
    let Some(mut terminal) = Terminal::start(&words) else {
        return;
    };
    let sale = super::sale();
    let tag = Sample::of("contact.tag.added").token(TOKEN);
    let tag = tag.request("/systeme").unwrap().to_http1();
    let mut lines = vec![];
    for (request, event) in [(&sale, "SALE_NEW"), (&tag, "contact.tag"), (&sale, "again")] {
        send(&terminal.address, request);
        lines.push(terminal.read_to(event));
    }
    let first = places(&lines[0], &["B  ", "✔ main", "→ 200", " ms"]);
    assert_eq!(
        places(&lines[1], &["B  ", "✔ token hook", "→ 500", " ms"]),
        first,
        "{lines:#?}"
    );
    assert_eq!(
        places(&lines[2], &["B  ", "✔ main", "→ 500", " ms"]),
        first,
        "{lines:#?}"
    );
    assert!(lines[2].contains("ms  attempt 2 of "), "{lines:#?}");
    terminal.press("\x03");
    assert_eq!(terminal.end(), Some(0));
}

#[test]
fn keys_do_what_they_say() {
    let receiver = Receiver::in_turn(&[200, 200, 500]);
    let words = format!("--forward-to {}", receiver.url);
    let Some(mut terminal) = Terminal::start(&words) else {
        return;
    };
    terminal.press("?");
    terminal.read_to("replay the last");
    send(&terminal.address, &super::sale());
    terminal.read_to("→ 200");
    let sent = receiver.request();
    terminal.press("r");
    terminal.read_to("replayed to http://127.0.0.1:");
    assert_eq!(receiver.request(), sent);
    terminal.press("f");
    terminal.read_to("only failures are shown");
    send(&terminal.address, &super::sale());
    terminal.read_to("→ 500");
    terminal.press("fc");
    terminal.read_to("all are shown");
    terminal.press("q");
    terminal.read_to("2 deliveries, 1 failed");
    assert_eq!(terminal.end(), Some(0));
}

/// Looks at the terminal before the listener starts and after it ended.
fn around(flags: &str) -> Option<Terminal> {
    let program = env!("CARGO_BIN_EXE_siohook");
    Terminal::run(&format!(
        "trap : INT; stty -a > before; {program} listen --listen 127.0.0.1:0 {flags}; \
         echo ended $?; stty -a > after; cmp before after && echo the same"
    ))
}

#[test]
fn the_terminal_is_left_as_it_was() {
    for (flags, keys) in [
        ("", "q"),
        ("", "\x03"),
        ("--no-input", "\x03"),
        ("--json", "\x03"),
    ] {
        let Some(mut terminal) = around(flags) else {
            return;
        };
        terminal.press(keys);
        terminal.read_to("ended 0");
        terminal.read_to("the same");
        assert_eq!(terminal.end(), Some(0));
    }
}

#[test]
fn the_terminal_is_left_as_it_was_after_a_second_interrupt() {
    let (receiver, go) = Receiver::waiting();
    let Some(mut terminal) = around(&format!("--forward-to {}", receiver.url)) else {
        return;
    };
    let mut sender = TcpStream::connect(&terminal.address).unwrap();
    sender.write_all(&super::sale()).unwrap();
    receiver.request();
    terminal.press("\x03");
    terminal.read_to("^C again ends at once");
    terminal.press("\x03");
    terminal.read_to("ended 130");
    terminal.read_to("the same");
    assert_eq!(terminal.end(), Some(0));
    drop(go);
}

#[test]
fn without_input_no_key_is_read() {
    for flag in ["--no-input", "--json"] {
        let Some(mut terminal) = Terminal::start(flag) else {
            return;
        };
        terminal.press("q\n");
        assert!(send(&terminal.address, &super::sale()).contains(" 200 OK"));
        terminal.press("\x03");
        assert_eq!(terminal.end(), Some(0));
    }
}
