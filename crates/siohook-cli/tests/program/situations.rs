//! Every command in every situation: streams, exit codes, colours, JSON, secrets.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::receiver::Receiver;
use crate::run::{Ended, SECRET, Sandbox, TOKEN, end, has, program};
use crate::shop::Shop;

/// How a command can be called so that it succeeds.
struct Row {
    command: &'static str,
    /// `{to}` is the URL of a receiver; `{file}`, `{delivery}` and `{dir}` are the paths of an account, a
    /// delivery and a folder.
    words: &'static str,
    /// What it prints with `--json`.
    prints: Prints,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Prints {
    /// Objects, one a line.
    Objects,
    /// The same as without `--json`: a script, a page, a file.
    AsIs,
    /// It runs until it is stopped.
    Forever,
}

const fn row(command: &'static str, words: &'static str, prints: Prints) -> Row {
    Row {
        command,
        words,
        prints,
    }
}

const ROWS: &[Row] = &[
    row("listen", "", Prints::Forever),
    row("trigger", "SALE_NEW --to {to}", Prints::Objects),
    row("replay", "{delivery} --to {to}", Prints::Objects),
    row("verify", "{delivery}", Prints::Objects),
    row("deliveries", "list", Prints::Objects),
    row("deliveries list", "", Prints::Objects),
    row("deliveries show", "{delivery}", Prints::Objects),
    row("deliveries export", "{delivery} --as curl", Prints::AsIs),
    row("deliveries delete", "--older 30d --yes", Prints::Objects),
    row("doctor", "", Prints::Objects),
    row("inbox list", "", Prints::Objects),
    row("inbox show", "1", Prints::Objects),
    row("inbox retry", "--dead --yes", Prints::Objects),
    row(
        "inbox purge",
        "--state done --older 30d --yes",
        Prints::Objects,
    ),
    row("inbox export", "1 --as body", Prints::AsIs),
    row("inbox", "list", Prints::Objects),
    row("events", "", Prints::Objects),
    row("sandbox", "", Prints::Forever),
    row("sandbox serve", "", Prints::Forever),
    row("sandbox fire", "SALE_NEW --to {to}", Prints::Objects),
    row("sandbox messages", "", Prints::Objects),
    row("sandbox show", "@1", Prints::Objects),
    row("sandbox resend", "@1", Prints::Objects),
    row("sandbox wait", "", Prints::Objects),
    row("sandbox advance", "1s", Prints::Objects),
    row("sandbox reset", "", Prints::Objects),
    row("sandbox export", "", Prints::AsIs),
    row("sandbox import", "{file}", Prints::Objects),
    row("sandbox cert", "--out {dir}/cert", Prints::Objects),
    row("webhooks", "list", Prints::Objects),
    row("webhooks list", "", Prints::Objects),
    row(
        "webhooks create",
        "--name shop --url {to}/2",
        Prints::Objects,
    ),
    row("webhooks edit", "shop --disable", Prints::Objects),
    row("webhooks delete", "shop --yes", Prints::Objects),
    row("webhooks sync", "--url {to} --yes", Prints::Objects),
    row("completions", "bash", Prints::AsIs),
    row("help", "trigger", Prints::AsIs),
];

/// A sandbox that has a message, a receiver, an account in a file, and a folder.
struct World {
    sandbox: Sandbox,
    receiver: Receiver,
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let sandbox = Sandbox::start(&["--clock", "manual"]);
        let receiver = Receiver::accepting();
        sandbox
            .run(&["fire", "SALE_NEW", "--to", &receiver.url])
            .good();
        let folder = tempfile::tempdir().unwrap();
        let state = sandbox.run(&["export"]).good().stdout;
        fs::write(folder.path().join("account.json"), state).unwrap();
        let sale = siohook_sender::Sample::of("SALE_NEW").signed_with(SECRET);
        let sale = sale.request("/systeme").unwrap().to_http1();
        fs::write(folder.path().join("sale.http"), sale).unwrap();
        Shop::in_folder(folder.path());
        Self {
            sandbox,
            receiver,
            folder,
        }
    }

    fn words(&self, row: &Row) -> Vec<String> {
        let file = self.folder.path().join("account.json");
        let delivery = self.folder.path().join("sale.http");
        let words = row.command.split(' ').chain(row.words.split(' '));
        words
            .filter(|word| !word.is_empty())
            .map(|word| {
                word.replace("{to}", &self.receiver.url)
                    .replace("{file}", &file.display().to_string())
                    .replace("{delivery}", &delivery.display().to_string())
                    .replace("{dir}", &self.folder.path().display().to_string())
            })
            .collect()
    }

    fn command(&self, words: &[impl AsRef<str>]) -> Command {
        let mut command = program();
        command.args(words.iter().map(AsRef::as_ref));
        self.surround(&mut command);
        command
    }

    fn surround(&self, command: &mut Command) {
        command
            .env("SIOHOOK_SANDBOX_URL", &self.sandbox.url)
            .env("SIOHOOK_STORE", self.folder.path())
            .env("SIOHOOK_INBOX", "sqlite:inbox.db")
            .env("SIOHOOK_API_URL", format!("{}/api", self.sandbox.url))
            .env("SYSTEME_API_KEY", "a key of a test")
            .env("SYSTEME_WEBHOOK_SECRET", SECRET)
            .env("SYSTEME_WEBHOOK_TOKEN", TOKEN)
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
    }

    fn run(&self, row: &Row, flags: &[&str]) -> Ended {
        end(self.command(&self.words(row)).args(flags))
    }

    /// What a terminal shows.
    fn on_terminal(&self, row: &Row, variable: &str) -> String {
        let program = env!("CARGO_BIN_EXE_siohook");
        let words = self.words(row).join(" ");
        let mut script = Command::new("script");
        script.args(["-qec", &format!("{program} {words}"), "/dev/null"]);
        self.surround(&mut script);
        script
            .env_remove("NO_COLOR")
            .env("TERM", "xterm")
            .env(variable, "1");
        String::from_utf8(script.output().unwrap().stdout).unwrap()
    }
}

/// The rows of commands that end.
fn ending() -> impl Iterator<Item = &'static Row> {
    ROWS.iter().filter(|row| row.prints != Prints::Forever)
}

#[track_caller]
fn assert_secret(text: &str) {
    assert!(!text.contains(SECRET) && !text.contains(TOKEN), "{text}");
}

/// The commands that a help lists, and those below them.
fn listed(command: &[String]) -> Vec<String> {
    let help = end(program().args(command).arg("-h")).good().stdout;
    let list = help.split("Commands:\n").nth(1).unwrap_or_default();
    let names = list.lines().take_while(|line| !line.is_empty());
    let names = names.filter_map(|line| line.split_whitespace().next());
    let below = names.flat_map(|name| {
        let command = [command, &[name.to_owned()]].concat();
        [vec![command.join(" ")], listed(&command)].concat()
    });
    below.collect()
}

#[test]
fn each_command_has_a_row() {
    let mut missing = listed(&[]);
    // Groups of commands, which do nothing alone.
    missing.retain(|command| !ROWS.iter().any(|row| row.command == command));
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn data_and_words_go_apart_and_hold_no_secret() {
    let world = World::new();
    for row in ending() {
        let ended = world.run(row, &[]);
        assert_eq!(ended.code, 0, "{} {ended:?}", row.command);
        assert!(!ended.stdout.contains('\u{1b}') && !ended.stderr.contains('\u{1b}'));
        assert!(!ended.stderr.contains("error"), "{ended:?}");
        if row.command != "sandbox export" {
            assert_secret(&ended.stdout);
        }
        assert_secret(&ended.stderr);
    }
}

#[test]
fn json_is_one_object_a_line() {
    let world = World::new();
    for row in ending() {
        let ended = world.run(row, &["--json"]).good();
        if row.prints == Prints::Objects {
            // Each has a type, which this asserts.
            ended.json();
        }
        assert!(!ended.stdout.contains('\u{1b}'));
    }
}

#[test]
fn a_terminal_without_colours_gets_none() {
    if !has("script") {
        return;
    }
    let world = World::new();
    for row in ending().filter(|row| row.prints != Prints::AsIs) {
        let plain = world.on_terminal(row, "NO_COLOR");
        assert!(!plain.contains('\u{1b}'), "{} {plain:?}", row.command);
        assert_secret(&world.on_terminal(row, "UNUSED"));
    }
}

#[test]
fn help_is_data_and_short_or_long() {
    for row in ROWS {
        for flag in ["-h", "--help"] {
            let words = row.command.split(' ').chain([flag]);
            let help = end(program().args(words)).good();
            assert!(help.stdout.contains("Usage: siohook"), "{help:?}");
            assert_eq!(help.stderr, "");
        }
    }
}

#[test]
fn an_unknown_option_is_exit_2() {
    for row in ROWS {
        let words = || row.command.split(' ').chain(["--no-such-option"]);
        let ended = end(program().args(words()));
        assert_eq!((ended.code, &*ended.stdout), (2, ""), "{ended:?}");
        assert!(ended.stderr.contains("--no-such-option"), "{ended:?}");
        let ended = end(program().arg("--json").args(words()));
        let error: Value = serde_json::from_str(&ended.stderr).unwrap();
        assert_eq!(
            (&error["type"], &error["exit"]),
            (&"error".into(), &2.into())
        );
    }
}

#[test]
fn a_file_that_can_t_be_used_is_exit_4() {
    let world = World::new();
    let folder = world.folder.path();
    let directory = folder.display().to_string();
    for words in [
        &[
            "trigger",
            "SALE_NEW",
            "--to",
            "http://127.0.0.1:1",
            "--body",
            "missing",
        ][..],
        &[
            "trigger",
            "SALE_NEW",
            "--to",
            "http://127.0.0.1:1",
            "--secret",
            "file:missing",
        ],
        &["trigger", "SALE_NEW", "--config", "missing"],
        &["sandbox", "fire", "SALE_NEW", "--body", "missing"],
        &["sandbox", "import", "missing"],
        &["webhooks", "sync", "--url", "x", "--from", "missing"],
        &["sandbox", "--listen", "127.0.0.1:0", "--load", "missing"],
        &[
            "sandbox",
            "--listen",
            "127.0.0.1:0",
            "--secret",
            "file:missing",
        ],
        &["sandbox", "import", &*directory],
    ] {
        let ended = end(&mut world.command(words));
        assert_eq!((ended.code, &*ended.stdout), (4, ""), "{words:?} {ended:?}");
        assert!(ended.stderr.starts_with("error: "), "{ended:?}");
    }
}

#[test]
fn a_port_that_is_taken_is_exit_4_with_a_way_on() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for command in ["sandbox", "sandbox serve", "listen"] {
        let words = command.split(' ').chain(["--listen", &address]);
        let ended = end(program().args(words).stdin(Stdio::null()));
        assert_eq!((ended.code, &*ended.stdout), (4, ""), "{ended:?}");
        assert!(ended.stderr.contains("--listen"), "{ended:?}");
    }
}

#[test]
fn a_prompt_without_a_terminal_is_exit_2() {
    for words in [
        &[
            "trigger",
            "SALE_NEW",
            "--to",
            "http://127.0.0.1:1",
            "--secret",
            "ask",
        ][..],
        &["sandbox", "--secret", "ask"],
        &["sandbox", "--token", "ask"],
        &["sandbox", "--api-key", "ask"],
        &["webhooks", "list", "--api-key", "ask"],
    ] {
        let ended = end(program().args(words).stdin(Stdio::null()));
        assert_eq!((ended.code, &*ended.stdout), (2, ""), "{words:?} {ended:?}");
        assert!(ended.stderr.contains("no terminal"), "{ended:?}");
    }
}

#[test]
fn a_folder_that_can_t_be_written_is_exit_4() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    // Below a file, even the superuser can create nothing.
    let below = file.join("data").display().to_string();
    for words in [
        &["sandbox", "--listen", "127.0.0.1:0", "--data", &*below][..],
        &["sandbox", "cert", "--out", &below],
    ] {
        let ended = end(program().args(words).stdin(Stdio::null()));
        assert_eq!((ended.code, &*ended.stdout), (4, ""), "{words:?} {ended:?}");
    }
}

/// A secret on a command line is refused, so that no process shows one.
#[test]
fn no_process_shows_a_secret() {
    let sandbox = Sandbox::start(&[]);
    let line = Path::new("/proc")
        .join(sandbox.id().to_string())
        .join("cmdline");
    if let Ok(line) = fs::read_to_string(line) {
        assert_secret(&line);
    }
    for words in [
        &[
            "trigger",
            "SALE_NEW",
            "--to",
            "http://127.0.0.1:1",
            "--secret",
        ][..],
        &[
            "trigger",
            "contact.tag.added",
            "--to",
            "http://127.0.0.1:1",
            "--token",
        ],
        &["sandbox", "--secret"],
        &["sandbox", "--token"],
        &["sandbox", "--api-key"],
        &["webhooks", "list", "--api-key"],
    ] {
        for flag in ["", "--json"] {
            let words = words.iter().copied().chain([SECRET]);
            let words = words.chain(Some(flag).filter(|flag| !flag.is_empty()));
            let ended = end(program().args(words).stdin(Stdio::null()));
            assert_eq!((ended.code, &*ended.stdout), (2, ""), "{ended:?}");
            assert_secret(&ended.stderr);
        }
    }
}
