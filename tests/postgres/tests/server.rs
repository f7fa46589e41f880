//! What a server for tests promises.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{env, fs};

use test_postgres::{Server, is_skipped, shared};

#[test]
fn each_database_is_empty() {
    let Some(server) = shared() else { return };
    let is_empty = |url: &str| {
        let error = server.try_sql(url, "TABLE it").unwrap_err();
        assert!(error.contains("does not exist"), "{error}");
        server.sql(url, "CREATE TABLE it AS SELECT 1");
    };
    is_empty(&server.create_database());
    is_empty(&server.create_database());
    is_empty(&server.replace_database("it"));
    is_empty(&server.replace_database("it"));
}

#[test]
fn settings_and_a_password_hold() {
    if is_skipped() {
        return;
    }
    let server = Server::builder()
        .setting("fsync=off")
        .password("secret")
        .file("it.txt", "a file")
        .start();
    assert_eq!(server.sql(&server.url(), "SHOW fsync"), "off");
    let read = "SELECT pg_read_file('it.txt')";
    assert_eq!(server.sql(&server.url(), read), "a file");
    let url = server.url().replace("secret", "wrong");
    let error = server.try_sql(&url, "SELECT 1").unwrap_err();
    assert!(error.contains("authentication failed"), "{error}");
}

#[test]
fn a_commit_survives_each_end() {
    if is_skipped() {
        return;
    }
    let server = Server::start();
    let url = server.create_database();
    server.sql(&url, "CREATE TABLE it (n int)");
    let ends: [fn(&Server); 3] = [
        |it| {
            it.stop();
            it.start_again();
        },
        |it| {
            it.kill();
            it.start_again();
        },
        Server::restart_immediate,
    ];
    for (n, end) in ends.into_iter().enumerate() {
        server.sql(&url, &format!("INSERT INTO it VALUES ({n})"));
        end(&server);
    }
    assert_eq!(server.sql(&url, "SELECT sum(n) FROM it"), "3");
}

#[test]
fn a_frozen_server_answers_later() {
    if is_skipped() {
        return;
    }
    let server = Server::start();
    server.freeze();
    std::thread::scope(|scope| {
        let answer = scope.spawn(|| server.sql(&server.url(), "SELECT 1"));
        sleep(Duration::from_millis(300));
        assert!(!answer.is_finished());
        server.thaw();
        assert_eq!(answer.join().unwrap(), "1");
    });
}

#[test]
fn nothing_stays_when_a_server_is_dropped() {
    if is_skipped() {
        return;
    }
    let server = Server::builder().data_in("/var/tmp").start();
    let folders = [server.socket(), server.data()].map(Path::to_owned);
    server.freeze();
    assert!(folders.iter().all(|it| it.exists()));
    drop(server);
    assert!(!folders.iter().any(|it| it.exists()));
}

/// Starts a server in a process that is killed, with the server running and stopped.
#[test]
fn nothing_stays_when_a_process_is_killed() {
    if is_skipped() {
        return;
    }
    for state in ["runs", "frozen"] {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "a_process_to_kill", "--ignored", "--nocapture"])
            .env("STATE", state)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let id = lines.find_map(|line| Some(line.unwrap().strip_prefix("server ")?.to_owned()));
        let id = id.unwrap();
        assert!(has_folders(child.id()));
        child.kill().unwrap();
        child.wait().unwrap();
        let end = Instant::now() + Duration::from_secs(20);
        let runs = || fs::exists(format!("/proc/{id}/exe")).unwrap() && !is_zombie(&id);
        while has_folders(child.id()) || runs() {
            assert!(Instant::now() < end, "the server is still there ({state})");
            sleep(Duration::from_millis(20));
        }
    }
}

/// Whether a folder of servers of a process exists.
fn has_folders(process: u32) -> bool {
    let prefix = format!("pg-{process}-");
    let mut folders = fs::read_dir(env::temp_dir()).unwrap().flatten();
    folders.any(|it| it.file_name().to_string_lossy().starts_with(&prefix))
}

fn is_zombie(id: &str) -> bool {
    fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|it| it.contains(") Z "))
}

#[test]
#[ignore = "waits to be killed"]
fn a_process_to_kill() {
    let server = shared().unwrap();
    let id = fs::read_to_string(server.data().join("postmaster.pid")).unwrap();
    if env::var("STATE").unwrap() == "frozen" {
        server.freeze();
    }
    println!("\nserver {}", id.lines().next().unwrap());
    sleep(Duration::from_secs(60));
}
