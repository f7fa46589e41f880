//! Streams, colours, help and errors of the command line.

use crate::receiver::nowhere;
use crate::run::{Sandbox, end, has, program, run};

#[test]
fn a_sandbox_that_is_not_there_is_exit_3() {
    let url = nowhere();
    for command in [
        &["fire", "SALE_NEW"][..],
        &["messages"],
        &["show", "@1"],
        &["resend", "@1"],
        &["wait"],
        &["advance", "1h"],
        &["reset"],
        &["export"],
    ] {
        let words = [&["sandbox"], command, &["--url", &url]].concat();
        let ended = run(&words);
        assert_eq!((ended.code, &*ended.stdout), (3, ""), "{ended:?}");
        let first = format!("error: there is no sandbox at {url}: ");
        assert!(ended.stderr.starts_with(&first), "{ended:?}");
        assert!(
            ended
                .stderr
                .contains("\n  start one: siohook sandbox --to URL\n")
        );
    }
}

#[test]
fn a_server_that_is_not_a_sandbox_is_exit_3() {
    let other = crate::receiver::Receiver::answering(200, "<html>");
    let url = other.url.trim_end_matches("/systeme");
    let ended = run(&["sandbox", "messages", "--url", url]);
    assert_eq!(ended.code, 3);
    assert!(ended.stderr.contains("is not a sandbox"), "{ended:?}");
}

#[test]
fn errors_are_json_if_data_is() {
    let url = nowhere();
    for (words, code, exit) in [
        (
            &["--json", "sandbox", "messages", "--url", &*url][..],
            "no_sandbox",
            3,
        ),
        (&["sandbox", "--json", "show", "../x"], "usage", 2),
        (&["sandbox", "import", "missing.json", "--json"], "file", 4),
        (
            &["sandbox", "--secret", "hunter2-hunter2", "--json"],
            "secret_on_command_line",
            2,
        ),
    ] {
        let ended = run(words);
        let error: serde_json::Value = serde_json::from_str(&ended.stderr).unwrap();
        assert_eq!((ended.code, &*ended.stdout), (exit, ""), "{error}");
        assert_eq!(
            (&error["type"], &error["code"]),
            (&"error".into(), &code.into())
        );
        assert_eq!(error["exit"], exit);
        assert!(
            !error["message"].as_str().unwrap().contains('\n'),
            "{error}"
        );
    }
}

#[test]
fn flags_of_serve_before_another_command_are_refused() {
    let ended = run(&["sandbox", "--to", "http://127.0.0.1:1", "fire", "SALE_NEW"]);
    assert_eq!(ended.code, 2);
    assert_eq!(
        ended.stderr,
        "error: `--to` has no effect before `fire`\n  \
         write it behind: siohook sandbox fire --to …\n"
    );
}

#[test]
fn help_is_data() {
    let codes = run(&["help", "exit-codes"]).good();
    for code in ["0 ", "1 ", "2 ", "3 ", "4 ", "130 "] {
        assert!(codes.stdout.contains(&format!("\n  {code}")), "{codes:?}");
    }
    assert!(codes.stderr.is_empty());
    for words in [
        &["help", "sandbox", "fire"][..],
        &["sandbox", "fire", "--help"],
    ] {
        let help = run(words).good();
        assert!(
            help.stdout.contains("siohook sandbox fire SALE_NEW --set"),
            "{help:?}"
        );
    }
    assert_eq!(run(&["help", "sandbx"]).code, 2);
    let version = run(&["--version"]).good();
    assert_eq!(
        version.stdout,
        concat!("siohook ", env!("CARGO_PKG_VERSION"), "\n")
    );
    let completions = run(&["completions", "bash"]).good();
    assert!(completions.stdout.contains("siohook"));
}

#[test]
fn man_pages_are_written_for_each_command() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("man").display().to_string();
    let ended = run(&["man", &directory]).good();
    assert_eq!((&*ended.stdout, &*ended.stderr), ("", ""));
    let page = |name: &str| std::fs::read_to_string(folder.path().join("man").join(name)).unwrap();
    assert!(page("siohook.1").contains(".SH SUBCOMMANDS"));
    let page = page("siohook-sandbox-fire.1");
    assert!(page.contains("siohook sandbox fire SALE_NEW"), "{page}");
}

#[test]
fn help_names_variables_and_not_their_values() {
    let mut program = program();
    program.env("SIOHOOK_SANDBOX_SECRET", "hunter2-hunter2");
    let help = end(program.args(["sandbox", "--help"])).good();
    assert!(help.stdout.contains("[env: SIOHOOK_SANDBOX_SECRET]"));
    assert!(!help.stdout.contains("hunter2"));
}

#[test]
fn words_are_left_out_or_added() {
    let sandbox = Sandbox::start(&[]);
    let words = |flag| sandbox.run(&["messages", flag]).good().stderr;
    let none = "no messages: `siohook sandbox fire SALE_NEW` makes some\n";
    assert_eq!(words("--limit=1"), none);
    assert_eq!(words("--quiet"), "");
    let call = format!("GET {}/sandbox/v1/messages?limit=20\n", sandbox.url);
    assert_eq!(words("--verbose"), call + none);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let sandbox = Sandbox::start(&[]);
    for words in [&["export"][..], &["--help"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ended = end(sandbox.command(words).stdout(writer));
        assert_eq!((ended.code, &*ended.stderr), (0, ""), "{words:?}");
    }
}

#[test]
fn a_pipe_gets_no_colour_unless_it_is_asked_for() {
    let sandbox = Sandbox::start(&[]);
    let words = ["show", "@1"];
    for (name, value, flag, is_colored) in [
        ("UNUSED", "", "auto", false),
        ("NO_COLOR", "1", "auto", false),
        ("UNUSED", "", "always", true),
        ("CLICOLOR_FORCE", "1", "auto", true),
        ("CLICOLOR_FORCE", "1", "never", false),
    ] {
        let mut command = sandbox.command(&words);
        let ended = end(command.env(name, value).args(["--color", flag]));
        assert_eq!(ended.code, 2);
        assert_eq!(ended.stderr.contains('\u{1b}'), is_colored, "{name} {flag}");
    }
}

/// `script` runs a command on a terminal of its own.
#[cfg(target_os = "linux")]
#[test]
fn a_person_sees_a_table_and_a_program_reads_tabs() {
    if !has("script") {
        return;
    }
    let receiver = crate::receiver::Receiver::accepting();
    let sandbox = Sandbox::start(&[]);
    sandbox
        .run(&["fire", "SALE_NEW", "--to", &receiver.url])
        .good();
    let on_terminal = |name: &str| {
        let line = format!("{} sandbox messages", env!("CARGO_BIN_EXE_siohook"));
        let mut script = std::process::Command::new("script");
        script
            .args(["-qec", &line, "/dev/null"])
            .env(name, "1")
            .env("TERM", "xterm");
        script
            .env("SIOHOOK_SANDBOX_URL", &sandbox.url)
            .stdin(std::process::Stdio::null());
        String::from_utf8(script.output().unwrap().stdout).unwrap()
    };
    let colored = on_terminal("UNUSED");
    assert!(
        colored.contains("\u{1b}[") && colored.contains("EVENT"),
        "{colored}"
    );
    let plain = on_terminal("NO_COLOR");
    assert!(plain.starts_with("ID "), "{plain}");
    assert!(
        !plain.contains('\u{1b}') && plain.contains('…') && !plain.contains('\t'),
        "{plain}"
    );

    let piped = sandbox.run(&["messages"]).good().stdout;
    let cells: Vec<_> = piped.trim_end().split('\t').collect();
    assert_eq!(
        (cells.len(), cells[0].len(), cells[2]),
        (7, 36, "SALE_NEW"),
        "{piped}"
    );
}
