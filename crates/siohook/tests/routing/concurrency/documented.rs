//! `detach` in its documented form: with the handle of a runtime and a deadline.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::runtime::{Handle, Runtime};
use tokio::time::timeout;

use super::*;

fn detached(builder: DispatcherBuilder, deadline: Duration) -> DispatcherBuilder {
    let runtime = Handle::current();
    builder.detach(move |task| {
        runtime.spawn(async move { timeout(deadline, task).await });
    })
}

#[tokio::test]
async fn a_handler_that_never_ends_is_cancelled_at_the_deadline() {
    let (builder, world) = with(&["fails", "waits"]);
    let reports = Reports::default();
    let builder = detached(builder, Duration::from_millis(100)).on_report(reports.hook());
    let dispatcher = builder.build().unwrap();
    let cancelled = || [("fails", "failed"), ("waits", "cancelled")].map(owned);

    let mut request = pin!(dispatcher.receive(tag()));
    assert!(poll(request.as_mut()).is_none());
    tokio::task::yield_now().await;
    assert_eq!(dispatcher.receive(tag()).await.status(), 409);
    let reply = request.await;
    assert_eq!(
        (reply.status(), reply.outcome().as_str()),
        (503, "cancelled")
    );
    assert_eq!(reports.taken(), [vec![], cancelled().into()]);

    // The sender hangs up.
    let mut request = Box::pin(dispatcher.receive(tag()));
    assert!(poll(request.as_mut()).is_none());
    drop(request);
    dispatcher.idle().await;
    assert_eq!(reports.taken(), [cancelled()]);

    // The key is released.
    world.gate.notify_one();
    assert_eq!(dispatcher.receive(tag()).await.status(), 500);
    assert_eq!(world.ended(), ["waits"]);
}

/// Each worker of actix-web and ntex has a runtime.
#[test]
fn work_outlives_the_runtime_of_its_request() {
    let (main, worker) = (Runtime::new().unwrap(), Runtime::new().unwrap());
    let (builder, world) = with(&["waits"]);
    let reports = Reports::default();
    let builder = main.block_on(async { detached(builder, Duration::from_secs(60)) });
    let dispatcher = builder.on_report(reports.hook()).build().unwrap();
    let receiving = dispatcher.clone();
    worker.spawn(async move { receiving.receive(tag()).await });
    // Clones: the test, the dispatcher, and the handler once it has begun.
    while Arc::strong_count(&world.gate) < 3 {
        std::thread::yield_now();
    }
    drop(worker);
    world.gate.notify_one();
    main.block_on(dispatcher.idle());
    assert_eq!(reports.taken(), [[owned(("waits", "done"))]]);
}

#[test]
fn every_page_and_example_shows_this_form() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = vec![root.join("README.md")];
    for folder in ["crates", "examples"] {
        for package in fs::read_dir(root.join(folder)).unwrap() {
            sources(&package.unwrap().path().join("src"), &mut files);
        }
    }
    let mut shown = vec![];
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for (at, _) in text.match_indices("detach(move |task| {") {
            let closure = text[at..].split("})").next().unwrap();
            assert!(closure.contains("runtime.spawn("), "{}", file.display());
            assert!(closure.contains("timeout("), "{}", file.display());
            assert!(text.contains("Handle::current()"), "{}", file.display());
            shown.push(file.clone());
        }
        assert_eq!(text.matches("detach(|").count(), 0, "{}", file.display());
    }
    // README, builder, the crate for actix-web, and the examples.
    assert!(shown.len() >= 12, "{shown:?}");
}

/// Adds the files of a folder and its subfolders, if it exists.
fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, files);
        } else {
            files.push(path);
        }
    }
}

fn owned((name, word): (&'static str, &str)) -> (&'static str, String) {
    (name, word.to_owned())
}
