//! Calls, with how long they took and what a program noticed of them.

use std::cell::Cell;
use std::time::{Duration, Instant};

use siohook_inbox::InboxError;
use tokio::join;

use crate::Result;
use crate::contestant::{Contestant as _, Siohook};
use crate::deliveries::Deliveries;
use crate::rounds::{Table, millis, spread};

/// Calls that are timed: alone first, then while a program accepts one delivery after the other.
#[derive(Default)]
pub(crate) struct Calls {
    calls: Vec<Call>,
    program: Option<Program>,
}

#[derive(Default)]
struct Call {
    what: &'static str,
    /// How long it took, alone.
    times: Vec<Duration>,
    /// How long deliveries waited meanwhile for their answer.
    waits: Vec<Duration>,
}

struct Program {
    inbox: Siohook,
    deliveries: Deliveries,
}

impl Calls {
    /// Lets a program accept deliveries during all further calls.
    pub(crate) fn accept_meanwhile(&mut self, inbox: Siohook) {
        let deliveries = Deliveries::tags();
        self.program = Some(Program { inbox, deliveries });
    }

    pub(crate) async fn time<T>(
        &mut self,
        what: &'static str,
        call: impl Future<Output = std::result::Result<T, InboxError>>,
    ) -> Result<T> {
        let (mut waits, mut time) = (vec![], None);
        let started = Instant::now();
        let answer = if let Some(program) = &self.program {
            program.accept_during(call, &mut waits).await
        } else {
            let answer = call.await;
            time = Some(started.elapsed());
            answer
        };
        let at = self.calls.iter().position(|call| call.what == what);
        let at = at.unwrap_or_else(|| {
            self.calls.push(Call {
                what,
                ..Call::default()
            });
            self.calls.len() - 1
        });
        self.calls[at].times.extend(time);
        self.calls[at].waits.append(&mut waits);
        answer.map_err(|error| format!("{what}: {error}").into())
    }

    pub(crate) fn table(mut self) -> Table {
        // What a call is compared with comes first.
        self.calls.sort_by_key(|call| !call.times.is_empty());
        let mut table = Table::new(&[
            "operator",
            "median",
            "longest",
            "answer meanwhile, median",
            "99 %",
            "longest",
        ]);
        for Call { what, times, waits } in self.calls {
            let [median, _] = figures(&times, 1);
            let longest = times.iter().max().copied().map_or_else(none, millis);
            let [wait, most] = figures(&waits, 100);
            let longest_wait = waits.into_iter().max().map_or_else(none, millis);
            table.row([
                format!("`{what}`"),
                median,
                longest,
                wait,
                most,
                longest_wait,
            ]);
        }
        table
    }
}

/// The median, and what 99 % do not exceed, unless there are too few.
fn figures(times: &[Duration], at_least: usize) -> [String; 2] {
    if times.len() < at_least {
        return [none(), none()];
    }
    spread(times.to_vec()).map(millis)
}

fn none() -> String {
    "–".to_owned()
}

impl Program {
    /// Accepts until a call ends. The delivery that waits then is counted.
    async fn accept_during<T>(
        &self,
        call: impl Future<Output = T>,
        waits: &mut Vec<Duration>,
    ) -> T {
        let has_ended = Cell::new(false);
        let call = async {
            let answer = call.await;
            has_ended.set(true);
            answer
        };
        let accept = async {
            while !has_ended.get() {
                let request = self.deliveries.next();
                let asked = Instant::now();
                self.inbox.accept(&request).await;
                waits.push(asked.elapsed());
            }
        };
        join!(call, accept).0
    }
}
