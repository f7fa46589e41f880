//! All three processes, over real sockets: one worker is killed, the other is stopped in order.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

use siohook::testing::{SECRET, Sample};

const PATIENCE: Duration = Duration::from_secs(60);
const DELIVERIES: usize = 100;
/// What a worker runs at a time.
const ROOM: usize = 8;

/// A process. It is killed at the end.
struct Process {
    child: Child,
    lines: Receiver<String>,
}

impl Process {
    fn start(database: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_example-two-workers"))
            .args(arguments)
            .env("SYSTEME_WEBHOOK_SECRET", SECRET)
            .env("DATABASE_URL", database)
            .env("INBOX_LEASE_SECONDS", "2")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let output = BufReader::new(child.stdout.take().unwrap()).lines();
        spawn(move || {
            output
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line))
        });
        Self { child, lines }
    }

    fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).unwrap()
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Waits for the end, and returns whether it was in order, and the lines that are left.
    fn end(&mut self) -> (bool, Vec<String>) {
        let is_in_order = self.child.wait().unwrap().success();
        (is_in_order, self.lines.iter().collect())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a request and returns the answer.
fn ask(address: SocketAddr, head: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = format!("{head}host: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn send(address: SocketAddr, sample: &Sample) -> String {
    let headers = sample.headers();
    let headers = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"));
    let (headers, length) = (headers.collect::<String>(), sample.body().len());
    let head = format!("POST /systeme HTTP/1.1\r\n{headers}content-length: {length}\r\n");
    ask(address, &head, sample.body())
}

/// Waits until no run is in a state other than `done`.
fn wait_until_done(count: impl Fn(&str) -> usize, runs: usize) {
    let started = Instant::now();
    while count("state = 'done'") < runs {
        assert!(started.elapsed() < PATIENCE, "not all runs are done");
        sleep(Duration::from_millis(50));
    }
    assert_eq!(count("true"), runs);
}

#[test]
fn what_a_killed_worker_left_is_done_by_the_other() {
    let Some(server) = test_postgres::shared() else {
        return;
    };
    let database = server.create_database();
    let count = |condition: &str| {
        let sql = format!("SELECT count(*) FROM siohook.run WHERE {condition}");
        server.sql(&database, &sql).parse::<usize>().unwrap()
    };
    let mut accept = Process::start(&database, &["accept", "127.0.0.1:0"]);
    let line = accept.line();
    let address = line.strip_prefix("listening on http://").unwrap();
    let address = address.strip_suffix("/systeme").unwrap().parse().unwrap();
    let health = ask(address, "GET /health HTTP/1.1\r\n", b"");
    assert!(health.starts_with("HTTP/1.1 200"), "{health}");

    let mut workers = [(); 2].map(|()| Process::start(&database, &["work"]));
    for worker in &workers {
        assert_eq!(worker.line(), "working");
    }
    let samples: Vec<_> = (0..DELIVERIES)
        .map(|line| Sample::of("SALE_NEW").set("/orderItem/id", line))
        .collect();
    for sample in &samples {
        let answer = send(address, sample);
        assert!(answer.ends_with(r#"{"outcome":"accepted"}"#), "{answer}");
    }
    // Both work, and one is killed while it does.
    let mut ended = vec![workers[0].line(), workers[1].line()];
    workers[0].signal("KILL");
    ended.extend(workers[0].end().1);
    assert!(count("state <> 'done'") > 0, "it was killed too late");

    for sample in &samples {
        let answer = send(address, sample);
        assert!(
            answer.ends_with(r#"{"outcome":"accepted_before"}"#),
            "{answer}"
        );
    }
    wait_until_done(count, 2 * DELIVERIES);
    assert!(count("attempts > 1") > 0, "nothing was taken back");

    workers[1].signal("TERM");
    let (is_in_order, mut lines) = workers[1].end();
    assert!(is_in_order);
    assert_eq!(lines.pop().unwrap(), "0 ended, 0 run again");
    ended.extend(lines);
    accept.signal("TERM");
    assert!(accept.end().0);
    let left = server.sql(&database, "SELECT count(*) FROM siohook.worker");
    assert_eq!(left, "0", "each has left");

    // Each handler ended once for each line. The killed worker may have ended some that it could
    // not record any more.
    let mut calls = BTreeMap::<_, usize>::new();
    for line in &ended {
        let (call, _) = line.split_once(", attempt ").unwrap();
        *calls.entry(call).or_default() += 1;
    }
    assert_eq!(calls.len(), 2 * DELIVERIES);
    let twice = calls.values().filter(|&&times| times > 1).count();
    assert!(
        calls.values().all(|&times| times <= 2) && twice <= ROOM,
        "{calls:?}"
    );
}
