use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::Value;
use siohook_events::Timestamp;
use siohook_sender::Sample;
use tempfile::tempdir;

use super::{Journal, LEAST, read};
use crate::log::Log;
use crate::sender::Restored;
use crate::{Answer, Attempt, Clock, Message, Outcome, Settings, Source, Status};

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

/// What can be done to the messages of a log.
#[derive(Clone, Debug)]
enum Step {
    Insert,
    Attempt(usize, Status, Vec<u8>),
    Status(usize, Status),
    Remove(usize),
    Clear,
    Advance,
}

fn step() -> impl Strategy<Value = Step> {
    let status = || prop::sample::select(Status::ALL.to_vec());
    let which = 0..8_usize;
    prop_oneof![
        4 => Just(Step::Insert),
        4 => (which.clone(), status(), prop::collection::vec(any::<u8>(), 0..40))
            .prop_map(|(which, status, body)| Step::Attempt(which, status, body)),
        2 => (which.clone(), status()).prop_map(|(which, status)| Step::Status(which, status)),
        1 => which.prop_map(Step::Remove),
        1 => Just(Step::Clear),
        1 => Just(Step::Advance),
    ]
}

fn message(id: &str) -> Arc<Message> {
    let url = "http://localhost/\u{e9}".to_owned();
    let (source, sample) = match id.len() % 2 {
        0 => (Source::Rule { rule: 1, url }, "contact.tag.added"),
        _ => (
            Source::Direct {
                url,
                is_signed: true,
                key: Some(crate::Key("s3cret".to_owned())),
            },
            "SALE_NEW",
        ),
    };
    let sample = Sample::of(sample);
    Arc::new(Message::new(id, Arc::new(source), sample, Some(7), now()))
}

fn perform(log: &mut Log, clock: &Clock, index: usize, step: &Step) {
    let ids: Vec<_> = log.messages().map(|one| Arc::clone(&one.id)).collect();
    let number = |which: usize| {
        let id = ids.get(which % ids.len().max(1))?;
        log.number(id)
    };
    let at = clock.now().checked_add(Duration::from_secs(4));
    let set = |message: &mut Message, status| {
        message.status = status;
        message.next_attempt_at = at.filter(|_| status == Status::Waiting);
    };
    match step {
        Step::Insert => _ = log.insert(message(&"m".repeat(index + 1))),
        Step::Attempt(which, status, body) => {
            let Some(number) = number(*which) else { return };
            log.update(number, |message| {
                let answer = Answer {
                    outcome: Outcome::Status,
                    status: Some(500),
                    reason: Some("Oops".to_owned()),
                    headers: vec![("X-A".to_owned(), "b".to_owned())],
                    head: Bytes::new(),
                    body: Bytes::from(body.clone()),
                    is_truncated: false,
                    error: None,
                    took: Duration::from_millis(3),
                };
                let next = Attempt::next(message, now());
                message.push(Attempt::new(next, now(), answer));
                set(message, *status);
            });
        }
        Step::Status(which, status) => {
            let Some(number) = number(*which) else { return };
            log.update(number, |message| set(message, *status));
        }
        Step::Remove(which) => {
            let Some(number) = number(*which) else { return };
            log.remove(number);
        }
        Step::Clear => log.clear(),
        Step::Advance => {
            let later = clock.now().checked_add(Duration::from_secs(60));
            clock.set_now(later.unwrap());
        }
    }
}

/// What is told of messages, and the bytes of their answers. What was on its way is open again.
fn shown(messages: &[Arc<Message>]) -> Vec<(Value, Vec<Vec<u8>>)> {
    let shown = messages.iter().map(|message| {
        let mut json = serde_json::to_value(&**message).unwrap();
        if matches!(message.status, Status::Delivering | Status::Queued) {
            json["status"] = "open".into();
            json["next_attempt_at"] = Value::Null;
        }
        let answers = message.attempts.iter().map(Attempt::to_response);
        (json, answers.collect())
    });
    shown.collect()
}

fn restored(path: &Path) -> Result<Restored, String> {
    let settings = Settings::default();
    Restored::read(settings, path).map_err(|error| error.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_read_is_what_there_was(steps in prop::collection::vec(step(), 0..40), cut: prop::sample::Index) {
        let folder = tempdir().unwrap();
        let path = folder.path().join("messages.jsonl");
        let (mut log, clock) = (Log::new(3), Clock::manual(now()));
        log.keep_in(&path, clock.clone(), None).unwrap();
        for (index, step) in steps.iter().enumerate() {
            perform(&mut log, &clock, index, step);
        }
        log.sync().unwrap();
        let wanted = shown(&log.messages().cloned().collect::<Vec<_>>());
        // What waits on disk may have been queued again since.
        let found = restored(&path).unwrap();
        prop_assert_eq!(found.kept.time, Some(clock.now()));
        prop_assert_eq!(found.kept.torn, None);
        let found: Vec<_> = shown(&found.messages()).into_iter().zip(&wanted).map(|(mut one, known)| {
            if known.0["status"] == "open" {
                one.0["status"] = "open".into();
                one.0["next_attempt_at"] = Value::Null;
            }
            one
        }).collect();
        prop_assert_eq!(found, wanted);

        // A process can be killed at any byte.
        let bytes = fs::read(&path).unwrap();
        let cut = cut.index(bytes.len() + 1);
        fs::write(&path, &bytes[..cut]).unwrap();
        let part = restored(&path).unwrap();
        let is_whole = cut == 0 || bytes[cut - 1] == b'\n';
        prop_assert_eq!(part.kept.torn.is_some(), !is_whole);
    }
}

#[test]
fn a_line_that_can_t_be_read_is_named() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("messages.jsonl");
    let mut log = Log::new(3);
    log.keep_in(&path, Clock::manual(now()), None).unwrap();
    let number = log.insert(message("m"));
    log.update(number, |message| message.status = Status::Cancelled);
    let whole = fs::read_to_string(&path).unwrap();
    let lines: Vec<_> = whole.lines().collect();
    assert_eq!(lines.len(), 4, "{whole}");
    let refusal = |edited: String| {
        fs::write(&path, &edited).unwrap();
        let error = restored(&path).err().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), edited);
        error
    };
    for (index, line) in lines.iter().enumerate() {
        for damage in [&line[..line.len() / 2], "", "null", "\0\0", "{}"] {
            let mut lines = lines.clone();
            lines[index] = damage;
            let error = refusal(lines.join("\n") + "\n");
            let place = format!("messages.jsonl` is damaged in line {}: ", index + 1);
            assert!(error.contains(&place), "{damage}: {error}");
        }
    }
    let newer = refusal(whole.replacen('1', "2", 1));
    assert!(newer.contains("line 1: it has version 2"), "{newer}");
    let other = refusal("a letter without an end".to_owned());
    assert!(
        other.contains("line 1: it is not `{\"version\":1}`"),
        "{other}"
    );
    let orphan = refusal([lines[0], lines[3], ""].join("\n"));
    assert!(
        orphan.contains("line 2: there is no message `m`"),
        "{orphan}"
    );
    let twice = refusal([lines[0], lines[2], lines[2], ""].join("\n"));
    assert!(
        twice.contains("line 3: the message `m` comes twice"),
        "{twice}"
    );
    let unknown = refusal(whole.replace("\"contact\":7", "\"contcat\":7"));
    assert!(
        unknown.contains("line 3: unknown field `contcat`"),
        "{unknown}"
    );
}

#[test]
fn a_file_is_written_anew_when_half_of_it_is_dead() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("messages.jsonl");
    let mut log = Log::new(1);
    log.keep_in(&path, Clock::manual(now()), None).unwrap();
    let mut largest = 0;
    for index in 0..3000 {
        let number = log.insert(message(&format!("m{index}")));
        log.update(number, |message| message.status = Status::Delivered);
        largest = largest.max(fs::metadata(&path).unwrap().len());
    }
    assert!((LEAST / 2..=LEAST).contains(&largest), "{largest}");
    log.sync().unwrap();
    assert_eq!(shown(&restored(&path).unwrap().messages()).len(), 1);
}

#[test]
fn a_file_that_could_not_be_written_is_written_anew() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("messages.jsonl");
    let clock = Clock::manual(now());
    let mut journal = Journal::create(&path, clock, None, &BTreeMap::new()).unwrap();
    // Nothing can be written to a file that is open for reading.
    let writable = std::mem::replace(&mut journal.file, fs::File::open(&path).unwrap());
    journal.insert(0, &message("m"));
    let failure = journal.failure().unwrap();
    assert!(
        failure.contains("messages.jsonl` can't be written: "),
        "{failure}"
    );
    journal.file = writable;
    // The file would have a gap.
    journal.insert(1, &message("mm"));
    assert_eq!(read(&path, |_| unreachable!()).unwrap().time, Some(now()));
    assert!(!journal.is_due());

    let messages = BTreeMap::from([(0, message("m")), (1, message("mm"))]);
    journal.rewrite(&messages).unwrap();
    assert_eq!(journal.failure(), None);
    assert_eq!(shown(&restored(&path).unwrap().messages()).len(), 2);
}
