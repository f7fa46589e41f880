//! Messages that are kept in a folder.

mod http;
mod receiver;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http::call;
use receiver::Receiver;
use siohook_sandbox::{Builder, Message, Pace, Sandbox, Status};
use tempfile::tempdir;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
/// An answer that is not a text.
const ERROR: &[u8] = b"HTTP/1.1 500 Oops \xff\r\nX-A: b\r\ncontent-length: 3\r\n\r\n\xff\0\x80";

const START: &str = "2026-01-01T00:00:00Z";

fn builder(folder: &Path) -> Builder {
    Sandbox::builder()
        .data(folder)
        .clock(Pace::Manual)
        .secret("s3cret")
        .token("t0ken")
}

fn first(folder: &Path) -> Builder {
    builder(folder).now(START.parse().unwrap())
}

/// All that can be seen of a message.
fn seen(message: &Arc<Message>) -> (String, Vec<(Option<Vec<u8>>, Vec<u8>)>) {
    let attempts = message.attempts.iter().map(|attempt| {
        let request = attempt.request().map(|request| request.to_http1());
        (request, attempt.to_response())
    });
    let json = serde_json::to_string(&**message).unwrap();
    (json, attempts.collect())
}

fn all(sandbox: &Sandbox) -> Vec<(String, Vec<(Option<Vec<u8>>, Vec<u8>)>)> {
    sandbox.messages().all().iter().map(seen).collect()
}

#[tokio::test]
async fn messages_are_there_after_a_restart() {
    let folder = tempdir().unwrap();
    let receiver = Receiver::answering(vec![ERROR, OK, ERROR]).await;
    let sandbox = first(folder.path())
        .to(receiver.url())
        .forwarded_for([203, 0, 113, 9])
        .sentry_headers();
    let sandbox = sandbox.start().await.unwrap();
    let ada = sandbox.contact("ada@example.com");
    ada.buys("Course").await.unwrap();
    sandbox.advance(Duration::from_secs(3)).await.unwrap();
    let direct = sandbox.fire("contact.tag.added").to(receiver.url());
    direct
        .body("\u{e9}\u{1f600} is not JSON")
        .send()
        .await
        .unwrap();
    sandbox.fire("SALE_NEW").send().await.unwrap();
    sandbox.advance(Duration::from_secs(3)).await.unwrap();
    let (before, now) = (all(&sandbox), sandbox.clock().now());
    let with = |status| sandbox.messages().status(status).all().len();
    assert!(
        with(Status::Delivered) > 0 && with(Status::Waiting) > 0 && with(Status::Exhausted) > 0
    );
    sandbox.close().await.unwrap();

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let file = folder.path().join("messages.jsonl");
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // What an edit changes is not what was sent before it.
    let sandbox = builder(folder.path()).start().await.unwrap();
    assert_eq!(sandbox.notice(), None);
    assert_eq!(all(&sandbox), before);
    assert_eq!(sandbox.clock().now(), now);
    sandbox.close().await.unwrap();
    let sandbox = builder(folder.path()).start().await.unwrap();
    assert_eq!(all(&sandbox), before);
}

#[tokio::test]
async fn retries_go_on_at_their_times() {
    let folder = tempdir().unwrap();
    let receiver = Receiver::answering(vec![ERROR, ERROR, OK]).await;
    let sandbox = first(folder.path()).start().await.unwrap();
    sandbox
        .webhook("main", &receiver.url())
        .create()
        .await
        .unwrap();
    sandbox.fire("SALE_NEW").send().await.unwrap();
    sandbox.advance(Duration::from_secs(1)).await.unwrap();
    sandbox.close().await.unwrap();

    let sandbox = builder(folder.path()).start().await.unwrap();
    sandbox.advance(Duration::from_secs(2)).await.unwrap();
    assert_eq!(receiver.connections(), 1);
    sandbox.advance(Duration::from_secs(1)).await.unwrap();
    assert_eq!(receiver.connections(), 2);
    sandbox.close().await.unwrap();

    // The clock of this one is behind the time of the next attempt, which was due meanwhile.
    let sandbox = builder(folder.path()).now("2026-01-02T00:00:00Z".parse().unwrap());
    let sandbox = sandbox.start().await.unwrap();
    sandbox.clock().idle().await;
    let message = sandbox.messages().one().await;
    message.assert_delivered(3);
    let at: Vec<_> = message.attempts.iter().map(|one| one.at).collect();
    assert_eq!(at[1].unix_seconds() - at[0].unix_seconds(), 4);
    assert_eq!(at[2].to_string(), "2026-01-02T00:00:00+00:00");
}

#[tokio::test]
async fn what_had_no_attempt_is_sent_at_the_start() {
    let folder = tempdir().unwrap();
    let receiver = Receiver::answering(vec![OK]).await;
    let sandbox = first(folder.path()).to(receiver.url());
    let sandbox = sandbox.start().await.unwrap();
    let ids = sandbox.fire("SALE_NEW").send().await.unwrap();
    // What a process that is killed now leaves.
    let file = folder.path().join("messages.jsonl");
    let left = fs::read(&file).unwrap();
    sandbox.messages().one().await.assert_delivered(1);
    sandbox.close().await.unwrap();
    fs::write(&file, left).unwrap();

    let sandbox = builder(folder.path()).start().await.unwrap();
    let message = sandbox.messages().one().await;
    message.assert_delivered(1);
    assert_eq!(*message.id, *ids[0]);
    assert_eq!(receiver.connections(), 2);
}

#[tokio::test]
async fn no_id_is_given_twice() {
    let folder = tempdir().unwrap();
    let receiver = Receiver::answering(vec![OK]).await;
    let sandbox = first(folder.path()).to(receiver.url());
    let sandbox = sandbox.start().await.unwrap();
    let account = fs::read(folder.path().join("state.json")).unwrap();
    let ada = sandbox.contact("ada@example.com").buys("Course").await;
    sandbox.advance_until_idle().await;
    sandbox.close().await.unwrap();
    // The account of a process that was killed before it saved it.
    fs::write(folder.path().join("state.json"), account).unwrap();

    let sandbox = builder(folder.path()).start().await.unwrap();
    let jane = sandbox.contact("jane@example.com").buys("Course").await;
    assert_ne!(ada.unwrap().id, jane.unwrap().id);
    sandbox.advance_until_idle().await;
    let contacts: BTreeSet<_> = sandbox
        .messages()
        .all()
        .iter()
        .map(|one| one.contact())
        .collect();
    assert_eq!(contacts.len(), 2);
    let requests = receiver.requests();
    let sent = requests.iter().flat_map(|request| request.lines());
    let sent: Vec<_> = sent
        .filter(|line| line.starts_with("x-webhook-message-id: "))
        .collect();
    let ids: BTreeSet<_> = sent.iter().collect();
    assert!(sent.len() >= 2);
    assert_eq!(ids.len(), sent.len());
}

#[tokio::test]
async fn an_edit_applies_to_what_waits() {
    let folder = tempdir().unwrap();
    let (failing, other) = (
        Receiver::answering(vec![ERROR]).await,
        Receiver::answering(vec![OK]).await,
    );
    let sandbox = first(folder.path()).start().await.unwrap();
    for name in ["moved", "deleted", "cancelled"] {
        let url = format!("{}/{name}", failing.url());
        sandbox.webhook(name, &url).create().await.unwrap();
    }
    sandbox.fire("SALE_NEW").send().await.unwrap();
    sandbox.advance(Duration::from_secs(1)).await.unwrap();
    sandbox.edit(|account| account.webhooks.retain(|_, one| one.name != "cancelled"));
    sandbox.close().await.unwrap();

    // The account is a file for people as well.
    let file = folder.path().join("state.json");
    let mut account: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let webhooks = account["webhooks"].as_object_mut().unwrap();
    webhooks.retain(|_, one| one["name"] != "deleted");
    let moved = webhooks.values_mut().next().unwrap();
    moved["url"] = other.url().into();
    fs::write(&file, account.to_string()).unwrap();

    let sandbox = builder(folder.path()).start().await.unwrap();
    let with = |status| sandbox.messages().status(status).all().len();
    assert_eq!((with(Status::Cancelled), with(Status::Waiting)), (2, 1));
    sandbox.advance_until_idle().await;
    assert_eq!((with(Status::Cancelled), with(Status::Delivered)), (2, 1));
    assert_eq!((failing.connections(), other.connections()), (3, 1));
    sandbox.close().await.unwrap();
    let sandbox = builder(folder.path()).start().await.unwrap();
    sandbox.advance_until_idle().await;
    assert_eq!((failing.connections(), other.connections()), (3, 1));
}

#[tokio::test]
async fn removed_messages_stay_away() {
    let folder = tempdir().unwrap();
    let receiver = Receiver::answering(vec![OK]).await;
    let sandbox = first(folder.path()).to(receiver.url()).keep(3);
    let sandbox = sandbox.start().await.unwrap();
    let mut ids = vec![];
    for _ in 0..5 {
        ids.extend(sandbox.fire("SALE_NEW").send().await.unwrap());
        sandbox.advance(Duration::ZERO).await.unwrap();
    }
    let path = format!("/sandbox/v1/messages/{}", ids[3]);
    assert_eq!(
        call(sandbox.address(), "DELETE", &path, "").await.status,
        204
    );
    sandbox.close().await.unwrap();
    let kept = async |keep| {
        let sandbox = builder(folder.path()).keep(keep).start().await.unwrap();
        let kept: Vec<_> = sandbox.messages().all();
        sandbox.close().await.unwrap();
        kept.iter()
            .map(|one| one.id.to_string())
            .collect::<Vec<_>>()
    };
    // Those that were pruned do not come back.
    assert_eq!(kept(1000).await, [&*ids[2], &*ids[4]]);
    assert_eq!(kept(1).await, [&*ids[4]]);
    let file = fs::read_to_string(folder.path().join("messages.jsonl")).unwrap();
    assert!(!file.contains(&ids[2]) && file.contains(&ids[4]));

    let sandbox = builder(folder.path()).start().await.unwrap();
    call(sandbox.address(), "POST", "/sandbox/v1/reset", "").await;
    sandbox.close().await.unwrap();
    assert!(kept(1000).await.is_empty());
}

#[tokio::test]
async fn a_line_that_broke_off_is_left_out_and_said() {
    let folder = tempdir().unwrap();
    let sandbox = first(folder.path()).start().await.unwrap();
    sandbox.close().await.unwrap();
    let file = folder.path().join("messages.jsonl");
    let whole = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{whole}{{\"message\":{{\"id\":\"")).unwrap();
    let sandbox = builder(folder.path()).start().await.unwrap();
    let notice = sandbox.notice().unwrap();
    let line = whole.lines().count() + 1;
    assert!(
        notice.contains(&format!("messages.jsonl` broke off in line {line}")),
        "{notice}"
    );
    sandbox.close().await.unwrap();
    let sandbox = builder(folder.path()).start().await.unwrap();
    assert_eq!(sandbox.notice(), None);
}

#[tokio::test]
async fn a_damaged_file_is_left_as_it_is() {
    let folder = tempdir().unwrap();
    let sandbox = first(folder.path()).start().await.unwrap();
    sandbox.close().await.unwrap();
    let file = folder.path().join("messages.jsonl");
    let whole = fs::read_to_string(&file).unwrap();
    let damaged = format!("{whole}oops\n{{\"clock\":\"2026-01-01T00:00:00Z\"}}\n");
    fs::write(&file, &damaged).unwrap();
    let state = folder.path().join("state.json");
    fs::remove_file(&state).unwrap();
    let error = builder(folder.path())
        .start()
        .await
        .unwrap_err()
        .to_string();
    let line = whole.lines().count() + 1;
    assert!(
        error.contains(&format!("messages.jsonl` is damaged in line {line}: ")),
        "{error}"
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), damaged);
    assert!(!state.exists());

    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    let error = builder(folder.path())
        .start()
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("messages.jsonl` can't be read: "), "{error}");
    assert!(!state.exists());
}

#[tokio::test]
async fn the_clock_goes_on() {
    let folder = tempdir().unwrap();
    let shows = async |builder: Builder| {
        let sandbox = builder.start().await.unwrap();
        let now = sandbox.clock().now();
        sandbox.close().await.unwrap();
        now.to_string()
    };
    let manual = || builder(folder.path());
    let real = || manual().clock(Pace::Real);
    assert_eq!(
        shows(first(folder.path())).await,
        "2026-01-01T00:00:00+00:00"
    );
    let sandbox = manual().start().await.unwrap();
    sandbox.advance(Duration::from_secs(3600)).await.unwrap();
    sandbox.close().await.unwrap();
    assert_eq!(shows(manual()).await, "2026-01-01T01:00:00+00:00");

    // The system's time is later, unless the clock was ahead of it.
    let ahead = "2999-01-01T00:00:00Z".parse().unwrap();
    assert!(*shows(real()).await > *"2026-01-02");
    assert!(shows(manual().now(ahead)).await.starts_with("2999-"));
    assert!(shows(real()).await.starts_with("2999-"));
    assert_eq!(
        shows(first(folder.path())).await,
        "2026-01-01T00:00:00+00:00"
    );
}
