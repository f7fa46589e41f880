//! Work that runs on an executor, which outlives its request.

use super::*;
use siohook::{DetachedTask, ReplyOutcome};

/// Keeps tasks until a test runs them.
#[derive(Clone, Default)]
pub(super) struct Executor(Arc<Mutex<Vec<DetachedTask>>>);

impl Executor {
    pub(super) fn builder(&self, builder: DispatcherBuilder) -> DispatcherBuilder {
        let queue = Arc::clone(&self.0);
        builder.detach(move |work| queue.lock().unwrap().push(work))
    }

    pub(super) fn take(&self) -> Vec<DetachedTask> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

#[test]
fn the_work_of_a_delivery_goes_to_the_executor() {
    let executor = Executor::default();
    let (builder, world) = with(&["left", "right"]);
    let dispatcher = executor.builder(builder).build().unwrap();
    let mut request = pin!(dispatcher.receive(tag()));
    assert!(poll(request.as_mut()).is_none());
    let [work] = executor.take().try_into().ok().unwrap();
    assert_eq!(world.ended(), [""; 0]);
    finish(work);
    assert_eq!(world.ended(), ["right", "left"]);
    assert_eq!(finish(request).outcome().as_str(), "done");
}

#[test]
fn dropping_the_request_does_not_stop_the_work() {
    let executor = Executor::default();
    let (builder, world) = with(&["waits"]);
    let dispatcher = executor.builder(builder).build().unwrap();
    let mut request = Box::pin(dispatcher.receive(tag()));
    assert!(poll(request.as_mut()).is_none());
    let mut work = executor.take().pop().unwrap();
    assert!(poll(work.as_mut()).is_none());
    drop(request);

    let mut idle = pin!(dispatcher.idle());
    assert!(poll(idle.as_mut()).is_none());
    world.gate.notify_one();
    assert!(poll(idle.as_mut()).is_none());
    finish(work);
    assert_eq!(world.ended(), ["waits"]);
    assert!(poll(idle.as_mut()).is_some());

    let mut again = pin!(dispatcher.receive(tag()));
    assert!(poll(again.as_mut()).is_none());
    executor.take().into_iter().for_each(finish);
    assert_eq!(finish(again).outcome().as_str(), "done_before");
}

#[test]
fn a_second_attempt_is_refused_while_work_without_a_request_runs() {
    let executor = Executor::default();
    let (builder, _) = with(&["waits"]);
    let dispatcher = executor.builder(builder).build().unwrap();
    let mut first = Box::pin(dispatcher.receive(tag()));
    assert!(poll(first.as_mut()).is_none());
    let mut work = executor.take().pop().unwrap();
    assert!(poll(work.as_mut()).is_none());
    drop(first);
    let mut second = pin!(dispatcher.receive(tag()));
    assert!(poll(second.as_mut()).is_none());
    executor.take().into_iter().for_each(finish);
    assert_eq!(finish(second).status(), 409);
}

#[test]
fn work_that_an_executor_drops_is_cancelled_and_reported() {
    let (builder, world) = with(&["waits"]);
    let reports = Reports::default();
    let dispatcher = builder
        .on_report(reports.hook())
        .detach(drop)
        .build()
        .unwrap();
    for _ in 0..2 {
        let reply = finish(dispatcher.receive(tag()));
        assert_eq!(
            (reply.status(), reply.outcome()),
            (503, ReplyOutcome::Cancelled)
        );
    }
    let cancelled = [("waits", "cancelled".to_owned())];
    assert_eq!(reports.taken(), [cancelled.clone(), cancelled]);
    finish(dispatcher.idle());
    assert_eq!(world.ended(), [""; 0]);
}

#[test]
fn work_that_is_dropped_before_it_ends_is_reported_and_released() {
    let executor = Executor::default();
    let (builder, world) = with(&["left", "right", "waits"]);
    let reports = Reports::default();
    let builder = executor.builder(builder).on_report(reports.hook());
    let dispatcher = builder.build().unwrap();
    let mut request = pin!(dispatcher.receive(tag()));
    assert!(poll(request.as_mut()).is_none());
    let mut work = executor.take().pop().unwrap();
    assert!((0..9).all(|_| poll(work.as_mut()).is_none()));
    drop(work);
    assert_eq!(finish(request).status(), 503);
    assert_eq!(
        reports.taken(),
        [[("left", "done"), ("right", "done"), ("waits", "cancelled")].map(owned)]
    );

    world.gate.notify_one();
    let mut again = pin!(dispatcher.receive(tag()));
    assert!(poll(again.as_mut()).is_none());
    executor.take().into_iter().for_each(finish);
    assert_eq!(finish(again).outcome().as_str(), "done");
    assert_eq!(world.ended(), ["right", "left", "waits"]);
}

/// The closure of `detach` panics after it has left, dropped, polled or kept the task.
#[test]
fn a_panic_of_the_executor_is_reported() {
    type Panics = fn(&Mutex<Vec<DetachedTask>>, DetachedTask);
    let untouched: Panics = |_, _task| panic!("no runtime");
    let dropped: Panics = |_, task| {
        drop(task);
        panic_any(Bomb::new())
    };
    let midway: Panics = |_, mut task| {
        assert!((0..9).all(|_| poll(task.as_mut()).is_none()));
        panic!("no time")
    };
    let kept: Panics = |queue, task| {
        queue.lock().unwrap().push(task);
        panic!("late")
    };
    for (executor, status, reported) in [
        (
            untouched,
            500,
            ["panicked: the closure of `detach`: no runtime"; 3],
        ),
        (
            dropped,
            500,
            ["panicked: the closure of `detach`: no message"; 3],
        ),
        (
            midway,
            500,
            ["done", "done", "panicked: the closure of `detach`: no time"],
        ),
        (kept, 200, ["done"; 3]),
    ] {
        for hook_panics in [false, true] {
            let (builder, world) = with(&["left", "right", "waits"]);
            let reports = Arc::new(Mutex::new(vec![]));
            let seen = Arc::clone(&reports);
            let queue = Arc::new(Mutex::new(vec![]));
            let tasks = Arc::clone(&queue);
            let dispatcher = builder
                .on_report(move |report| {
                    let status = report.reply().status();
                    seen.lock().unwrap().push((status, outcomes(report)));
                    assert!(!hook_panics, "hook");
                })
                .detach(move |task| executor(&tasks, task))
                .build()
                .unwrap();
            let mut request = pin!(dispatcher.receive(tag()));
            let reply = poll(request.as_mut()).unwrap_or_else(|| {
                world.gate.notify_one();
                queue.lock().unwrap().drain(..).for_each(finish);
                finish(request)
            });
            assert_eq!(reply.status(), status);
            let [left, right, waits] = reported;
            let handlers = expected([("left", left), ("right", right), ("waits", waits)]);
            assert_eq!(*reports.lock().unwrap(), [(status, handlers)]);
            // The key is released.
            finish(dispatcher.idle());
            let mut again = pin!(dispatcher.receive(tag()));
            let again = poll(again.as_mut()).unwrap_or_else(|| {
                queue.lock().unwrap().drain(..).for_each(finish);
                finish(again)
            });
            assert_eq!(again.status(), status);
        }
    }
}

#[tokio::test]
async fn a_runtime_finishes_the_work_of_a_dropped_request() {
    let (builder, world) = with(&["waits"]);
    let dispatcher = builder
        .detach(|task| {
            tokio::spawn(task);
        })
        .build()
        .unwrap();
    let mut request = Box::pin(dispatcher.receive(tag()));
    assert!(poll(request.as_mut()).is_none());
    drop(request);
    world.gate.notify_one();
    let mut idle = pin!(dispatcher.idle());
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(poll(idle.as_mut()).is_some());
    assert_eq!(world.ended(), ["waits"]);
}

#[test]
fn a_refused_request_does_not_reach_the_executor() {
    let executor = Executor::default();
    let (builder, _) = with(&["waits"]);
    let dispatcher = executor.builder(builder).build().unwrap();
    assert_eq!(
        finish(dispatcher.receive(Incoming::post("{"))).status(),
        401
    );
    assert!(executor.take().is_empty());
}

#[test]
fn a_task_of_the_program_goes_to_the_executor() {
    let ran = Arc::new(Mutex::new(0));
    let task = || -> DetachedTask {
        let ran = Arc::clone(&ran);
        Box::pin(async move { *ran.lock().unwrap() += 1 })
    };
    let executor = Executor::default();
    let (builder, _) = with(&["returns"]);
    let dispatcher = executor.builder(builder).build().unwrap();
    assert!(dispatcher.spawn(task()).is_ok());
    finish(dispatcher.idle());
    assert_eq!(*ran.lock().unwrap(), 0);
    executor.take().into_iter().for_each(finish);
    assert_eq!(*ran.lock().unwrap(), 1);

    // Without an executor the task comes back, and can still run.
    let (dispatcher, _) = built(&["returns"]);
    finish(dispatcher.spawn(task()).err().unwrap());
    assert_eq!(*ran.lock().unwrap(), 2);
}

/// A second panic, of the task that the closure drops, would abort the process.
#[test]
fn a_panic_of_the_executor_drops_a_task_of_the_program() {
    let is_dropped = Arc::new(());
    let (builder, _) = with(&["returns"]);
    let dispatcher = builder.detach(|_task| panic!("no runtime"));
    let dispatcher = dispatcher.build().unwrap();
    let holds = (Arc::clone(&is_dropped), Bomb::new());
    let task = Box::pin(async move {
        let _ = &holds;
    });
    assert!(dispatcher.spawn(task).is_ok());
    assert_eq!(Arc::strong_count(&is_dropped), 1);
}

fn owned((name, word): (&'static str, &str)) -> (&'static str, String) {
    (name, word.to_owned())
}
