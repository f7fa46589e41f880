//! The bounds are so generous that a machine with other work to do keeps them.

use std::time::{Duration, Instant};

use super::super::Case;
use super::super::Section::Speed;
use super::super::failure::Checked;
use super::super::patience::{PATIENCE, wait_for};
use super::super::script::Act;
use super::super::stage::{Stage, sample, samples};

/// A store that only looks for work now and then takes longer: 125 ms in the middle.
const QUICKLY: Duration = Duration::from_millis(100);

/// Fails unless the median is small.
fn is_quick(what: &str, mut times: Vec<Duration>) -> Checked {
    times.sort_unstable();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    ensure!(
        median < QUICKLY,
        "{what} takes {median:?}, not under {QUICKLY:?}"
    );
    Ok(())
}

fn starts_at_once(stage: &mut Stage<'_>) -> Checked {
    stage.use_system_clock();
    let program = stage.work(&["a"])?;
    let mut times = vec![];
    for started in 1..=50 {
        program.accepts(&sample())?;
        let acknowledged = Instant::now();
        stage.is_started("a", started)?;
        let start = &stage.starts("a")[started - 1];
        times.push(start.at.saturating_duration_since(acknowledged));
        program.is_idle()?;
    }
    is_quick("an acknowledged delivery's way to its handler", times)
}

fn retries_in_time(stage: &mut Stage<'_>) -> Checked {
    const DELAY: Duration = Duration::from_millis(30);
    stage.use_system_clock();
    stage.script.act(|start| match start.attempt {
        1 => Act::RetryAfter(DELAY),
        _ => Act::Succeed,
    });
    let program = stage.work(&["a"])?;
    let mut times = vec![];
    for retried in 1..=20 {
        program.accepts(&sample())?;
        stage.is_started("a", 2 * retried)?;
        let [first, second] = [2, 1].map(|it| stage.starts("a")[2 * retried - it].at);
        times.push(second.duration_since(first).saturating_sub(DELAY));
    }
    is_quick("a retry that is due", times)
}

fn accepted_elsewhere(stage: &mut Stage<'_>) -> Checked {
    stage.use_system_clock();
    let receiver = stage.open(&["a"])?;
    let _worker = stage.work(&["a"])?;
    let mut times = vec![];
    for started in 1..=20 {
        receiver.accepts(&sample())?;
        let acknowledged = Instant::now();
        stage.is_started("a", started)?;
        let start = &stage.starts("a")[started - 1];
        times.push(start.at.saturating_duration_since(acknowledged));
    }
    is_quick("a delivery's way to another process", times)
}

fn backlog(stage: &mut Stage<'_>) -> Checked {
    const PATIENT: Duration = PATIENCE.saturating_mul(4);
    stage.use_system_clock();
    let mut program = stage.open(&["a", "b"])?;
    for samples in samples(2000).chunks(500) {
        program.accepts_together(samples)?;
    }
    program.has(4000, 0, 0)?;
    program.work()?;
    wait_for(
        "a backlog of 2,000 deliveries",
        PATIENT,
        program.inbox.idle(),
    )?;
    program.has(0, 0, 0)?;
    stage.has_started("a", 2000)?;
    stage.has_started("b", 2000)
}

pub(super) const CASES: &[Case] = &[
    Speed.case(
        "starts_at_once",
        "a handler starts within 100 ms of the reply",
        starts_at_once,
    ),
    Speed.case(
        "retries_in_time",
        "a retry starts within 100 ms of its time",
        retries_in_time,
    ),
    Speed
        .case(
            "elsewhere_at_once",
            "another process starts a handler within 100 ms of the reply",
            accepted_elsewhere,
        )
        .shares(),
    Speed.case(
        "backlog",
        "a backlog of 2,000 deliveries is done within 40 seconds",
        backlog,
    ),
];
