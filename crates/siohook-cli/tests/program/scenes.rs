//! The scenes of the README are what the program writes.
//!
//! `UPDATE_README=1 cargo test -p siohook-cli scenes` writes them anew.

#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use siohook_sender::{Capture, Sample};

use crate::receiver::Receiver;
use crate::run::{SECRET, Sandbox, TOKEN, has, program};
use crate::shop::Shop;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

/// Where the receiver and the sandbox of the README listen.
const RECEIVER: &str = "http://127.0.0.1:3000/systeme";
const SANDBOX: &str = "http://127.0.0.1:7400";
const ENDPOINT: &str = "http://127.0.0.1:7464";
const INSPECTOR: &str = "http://127.0.0.1:7465/#key=…";

/// A sandbox and a receiver, with the token of another account.
struct World {
    receiver: Receiver,
    sandbox: Sandbox,
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let receiver = Receiver::by(answers());
        let sandbox = Sandbox::start(&["--to", &receiver.url]);
        let folder = tempfile::tempdir().unwrap();
        record(&folder.path().join("deliveries"));
        Shop::in_folder(folder.path());
        Self {
            receiver,
            sandbox,
            folder,
        }
    }

    /// What a terminal shows of a command.
    fn run(&self, line: &str) -> String {
        let shown = if line.starts_with("siohook listen") {
            self.listen(line)
        } else if line.starts_with("siohook sandbox --to") {
            // At its usual port, it needs no URL.
            let url = format!(" --url {}", self.sandbox.url);
            self.sandbox.said.replace(&url, "")
        } else {
            self.on_terminal(line)
        };
        let shown = shown.replace("\r\n", "\n");
        let shown = shown.replace(&self.receiver.url, RECEIVER);
        shown.replace(&self.sandbox.url, SANDBOX)
    }

    fn on_terminal(&self, line: &str) -> String {
        let mut script = self.script(line);
        String::from_utf8(script.output().unwrap().stdout).unwrap()
    }

    /// What a terminal shows of a listener to which deliveries come, up to ^C.
    fn listen(&self, line: &str) -> String {
        let store = self.folder.path().join("listened");
        let mut script = self.script(line);
        script
            .env("SIOHOOK_LISTEN", "127.0.0.1:0")
            .env("SIOHOOK_STORE", &store)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut script = script.spawn().unwrap();
        let mut lines = BufReader::new(script.stdout.take().unwrap()).lines();
        let mut shown = String::new();
        let mut read_to = |shown: &mut String, text: &str| {
            for line in &mut lines {
                let line = line.unwrap();
                shown.extend([&*line, "\n"]);
                if line.contains(text) {
                    return;
                }
            }
        };
        read_to(&mut shown, "ready");
        let url = shown
            .split_whitespace()
            .find(|word| word.starts_with("http"));
        let url = url.unwrap().to_owned();
        let sale = Sample::of("SALE_NEW").signed_with(SECRET);
        let tag = Sample::of("contact.tag.added").token(TOKEN);
        for sample in [&sale, &tag, &sale] {
            let request = sample.request("/systeme").unwrap().to_http1();
            let address = url.trim_start_matches("http://");
            TcpStream::connect(address)
                .unwrap()
                .write_all(&request)
                .unwrap();
            read_to(&mut shown, sample.event().as_str());
        }
        script.stdin.take().unwrap().write_all(b"\x03").unwrap();
        read_to(&mut shown, "no more");
        script.wait().unwrap();

        let mut ids: Vec<_> = fs::read_dir(&store)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .filter(|file| Path::new(file).extension().is_some_and(|own| own == "http"))
            .collect();
        ids.sort();
        for (name, id) in ids.iter().zip(["k3f9qa", "w81mzt", "0c2h5e"]) {
            shown = shown.replace(name.split('_').nth(1).unwrap(), id);
        }
        shown = shown.replace(&format!("{url:<30}"), &format!("{ENDPOINT:<30}"));
        shown = shown.replace(&url, ENDPOINT);
        let page = shown
            .split_whitespace()
            .find(|word| word.contains("/#key="));
        let page = page.unwrap().to_owned();
        shown = shown.replace(&page, INSPECTOR);
        shown.replace(
            &store.display().to_string(),
            "~/.local/state/siohook/deliveries",
        )
    }

    fn script(&self, line: &str) -> Command {
        let program = env!("CARGO_BIN_EXE_siohook");
        let line = line.replacen("siohook", program, 1);
        let line = line.replace(RECEIVER, &self.receiver.url);
        let mut script = Command::new("script");
        script
            .args(["-qec", &line, "/dev/null"])
            .envs([("NO_COLOR", "1"), ("TERM", "xterm"), ("COLUMNS", "100")])
            .env("SIOHOOK_SANDBOX_URL", &self.sandbox.url)
            .env("SIOHOOK_STORE", self.folder.path().join("deliveries"))
            .env("SIOHOOK_INBOX", "sqlite:inbox.db")
            .env("SIOHOOK_API_URL", format!("{}/api", self.sandbox.url))
            .env("SYSTEME_API_KEY", "key")
            .env("SYSTEME_WEBHOOK_SECRET", SECRET)
            .env("SYSTEME_WEBHOOK_TOKEN", TOKEN)
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        script
    }
}

/// Records a sale, another one whose body was rewritten on the way, and a page that was visited.
fn record(folder: &Path) {
    let sale = Sample::of("SALE_NEW").signed_with(SECRET);
    let rewritten = sale.another().tampered(|body| {
        let text = String::from_utf8_lossy(body).replace("\\u00e9", "é");
        *body = text.into_bytes();
    });
    let visit = Sample::of("contact.page.visited").token(TOKEN);
    fs::create_dir(folder).unwrap();
    let now = jiff::Timestamp::now();
    for (id, sample, seconds) in [
        ("k3f9qa", sale, 9),
        ("0c2h5e", rewritten, 5),
        ("w81mzt", visit, 2),
    ] {
        let time = now - jiff::SignedDuration::from_secs(seconds);
        let request = sample.request("/systeme").unwrap().to_http1();
        let (head, body) = request.split_at(request.len() - sample.body().len());
        let capture = Capture::new(head.to_vec(), body.to_vec()).unwrap();
        let received_at = time.to_string().parse().unwrap();
        let capture = capture.with_name(id).with_receipt(received_at, None, None);
        let time = time.strftime("%Y%m%dT%H%M%S%.6fZ");
        let file = format!("{time}_{id}_{}.http", sample.event());
        fs::write(folder.join(file), capture.to_bytes()).unwrap();
        if id == "w81mzt" {
            let line = r#"{"type":"forward","at":"","to":"","status":500,"outcome":"failed","elapsed_ms":3}"#;
            fs::write(folder.join(format!("{time}_{id}.log")), line).unwrap();
        }
    }
}

/// Answers as siohook does: a message that is known was done before, and tags are refused, as if the
/// token were another one.
fn answers() -> impl Fn(&[u8]) -> (u16, &'static str) + Send + 'static {
    let known = Mutex::new(BTreeSet::new());
    move |request| {
        let text = String::from_utf8_lossy(request);
        if text.contains("\"contact.tag.added\"") {
            return (401, r#"{"outcome":"unauthorized"}"#);
        }
        let mut lines = text.lines();
        let id = lines.find_map(|line| line.strip_prefix("x-webhook-message-id: "));
        let is_new = known.lock().unwrap().insert(id.map(str::to_owned));
        if is_new {
            (200, r#"{"outcome":"done"}"#)
        } else {
            (200, r#"{"outcome":"done_before"}"#)
        }
    }
}

/// The words of a text, without what differs from run to run.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![];
    for word in text.split_whitespace() {
        if ["ms", "B", "kB"].contains(&word) {
            words.pop();
            words.push("N".to_owned());
        }
        let is_id = word.contains('…') && word.chars().count() == 9;
        let numbers = word.trim_end_matches('Z').split(['-', ':']);
        let is_time = (1..=2).contains(&word.matches(['-', ':']).count())
            && numbers
                .flat_map(str::chars)
                .all(|letter| letter.is_ascii_digit());
        words.push(match (is_id, is_time) {
            (true, _) => "ID".to_owned(),
            (_, true) => "TIME".to_owned(),
            _ => word.to_owned(),
        });
    }
    words
}

#[test]
fn the_readme_shows_what_the_program_writes() {
    if !has("script") {
        return;
    }
    let world = World::new();
    let readme = fs::read_to_string(README).unwrap();
    let mut written = String::new();
    let mut scenes = 0;
    for (index, part) in readme.split("```").enumerate() {
        if index > 0 {
            written.push_str("```");
        }
        let Some(scene) = part.strip_prefix("text\n$ ").filter(|_| index % 2 == 1) else {
            written.push_str(part);
            continue;
        };
        written.push_str("text\n");
        for command in scene.split("\n$ ") {
            let (line, shown) = command.split_once('\n').unwrap_or((command, ""));
            let runs = world.run(line);
            if words(shown) == words(&runs) {
                written.extend(["$ ", line, "\n", shown.trim_end(), "\n"]);
            } else {
                written.extend(["$ ", line, "\n", runs.trim_end(), "\n"]);
            }
            scenes += 1;
        }
    }
    assert!(scenes > 5, "{scenes}");
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(README, written).unwrap();
    } else {
        assert_same(&readme, &written);
    }
}

/// Shows the first line that differs.
#[track_caller]
fn assert_same(readme: &str, written: &str) {
    let lines = readme.lines().zip(written.lines());
    for (number, (readme, written)) in lines.enumerate() {
        let number = number + 1;
        assert_eq!(readme, written, "line {number}: UPDATE_README=1 writes it");
    }
    assert_eq!(readme.len(), written.len());
}

/// Each command of the program has a scene or a line in the README.
#[test]
fn the_readme_names_each_command() {
    let readme = fs::read_to_string(README).unwrap();
    let help = program().arg("-h").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let list = help.split("Commands:\n").nth(1).unwrap();
    for line in list.lines().take_while(|line| !line.is_empty()) {
        let name = line.split_whitespace().next().unwrap();
        assert!(readme.contains(&format!("siohook {name}")), "{name}");
    }
}
