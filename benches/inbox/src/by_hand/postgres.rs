//! PostgreSQL: a thread accepts, and another one records ends and claims, each on a connection.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use postgres::{Client, NoTls, Statement};
use tokio::task::block_in_place;

use super::group::Group;
use super::{Command, FUNCTIONS, Job, Run, Settings, Threads, first_runs, function, spawn};
use crate::Result;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS delivery (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key bytea NOT NULL UNIQUE,
      event text NOT NULL, received_at timestamptz NOT NULL, meta json NOT NULL, body bytea);
    CREATE TABLE IF NOT EXISTS run (
      delivery bigint NOT NULL REFERENCES delivery (id) ON DELETE CASCADE, handler text NOT NULL,
      state text NOT NULL CHECK (state IN ('done', 'running', 'waiting', 'dead')),
      due_at timestamptz NOT NULL, attempts bigint NOT NULL, owner bigint, ended_at timestamptz,
      error text, PRIMARY KEY (delivery, handler));
    CREATE INDEX IF NOT EXISTS run_waiting ON run (due_at) WHERE state = 'waiting';
    CREATE INDEX IF NOT EXISTS run_running ON run (owner) WHERE state = 'running';
    CREATE INDEX IF NOT EXISTS run_dead ON run (ended_at) WHERE state = 'dead';";
const ACCEPT: &str = "
    WITH stored AS (
      INSERT INTO delivery (key, event, received_at, meta, body)
      SELECT key, event, now(), meta::json, body
      FROM unnest($1::bytea[], $2::text[], $3::text[], $4::bytea[]) AS it (key, event, meta, body)
      ON CONFLICT (key) DO NOTHING RETURNING id, key),
    runs AS (
      INSERT INTO run (delivery, handler, state, due_at, attempts, owner)
      SELECT id, handler, CASE WHEN starts THEN 'running' ELSE 'waiting' END, now(), starts::int,
        CASE WHEN starts THEN 1 END
      FROM stored JOIN unnest($1::bytea[], $5::bool[]) AS it (key, starts) USING (key)
      CROSS JOIN unnest($6::text[]) AS handler)
    SELECT key, id FROM stored";
const DONE: &str = "
    UPDATE run SET state = 'done', ended_at = now(), owner = NULL, error = NULL
    FROM unnest($1::bigint[], $2::text[], $3::bigint[]) AS it (of, name, attempt)
    WHERE delivery = of AND handler = name AND owner = 1 AND attempts = attempt";
const CLAIM: &str = "
    WITH due AS MATERIALIZED (
      SELECT delivery, handler FROM run WHERE state = 'waiting' AND due_at <= now()
      ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
    UPDATE run SET state = 'running', owner = 1, attempts = attempts + 1
    FROM due JOIN delivery ON id = due.delivery
    WHERE run.delivery = due.delivery AND run.handler = due.handler
    RETURNING run.delivery, run.handler, attempts, event, body";

/// What both threads know.
struct Shared {
    settings: Settings,
    /// How many more runs may start.
    room: AtomicUsize,
    /// More runs may wait than the last claim took.
    more: AtomicBool,
}

/// Opens a database.
pub(super) fn open(url: &str, settings: Settings) -> Result<Threads> {
    let [to_accept, to_end] = [(); 2].map(|()| block_in_place(|| Client::connect(url, NoTls)));
    let (mut to_accept, to_end) = (to_accept?, to_end?);
    block_in_place(|| to_accept.batch_execute(SCHEMA))?;
    let shared = Arc::new(Shared {
        room: AtomicUsize::new(settings.room),
        more: AtomicBool::new(true),
        settings,
    });
    let other = Arc::clone(&shared);
    let (accepts, accepted) = mpsc::channel();
    let (ends, ended) = mpsc::channel();
    let handles = vec![
        spawn(move || shared.accept(to_accept, &accepted)),
        spawn(move || other.end(to_end, &ended)),
    ];
    Ok(Threads {
        accepts,
        ends,
        handles,
    })
}

impl Shared {
    /// Stores what is waiting until it is told to stop.
    fn accept(&self, mut client: Client, commands: &Receiver<Command>) -> Result<()> {
        let statement = client.prepare(ACCEPT)?;
        let (mut group, mut goes_on) = (Group::default(), true);
        while goes_on {
            goes_on = group.take(commands, self.settings.group, Duration::from_millis(250));
            if !group.accepts.is_empty() {
                self.store(&mut client, &statement, &mut group)?;
            }
        }
        Ok(())
    }

    fn store(&self, client: &mut Client, statement: &Statement, group: &mut Group) -> Result<()> {
        let (mut keys, mut events, mut metas, mut bodies, mut starts) =
            (vec![], vec![], vec![], vec![], vec![]);
        for (accept, _) in &group.accepts {
            keys.push(&accept.key[..]);
            events.push(&accept.event);
            metas.push(&accept.meta);
            bodies.push(&accept.body[..]);
            starts.push(self.starts());
        }
        let waits = starts.contains(&false);
        let rows = client.query(
            statement,
            &[&keys, &events, &metas, &bodies, &starts, &&FUNCTIONS[..]],
        )?;
        let ids: HashMap<&[u8], i64> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        let mut jobs = vec![];
        for ((accept, _), starts) in group.accepts.iter().zip(starts) {
            match ids.get(&accept.key[..]) {
                Some(&delivery) if starts => jobs.push(Job {
                    event: accept.event.clone(),
                    body: accept.body.clone(),
                    runs: first_runs(delivery),
                }),
                None if starts => self.give_back(FUNCTIONS.len()),
                _ => {}
            }
        }
        self.more.fetch_or(waits, Ordering::SeqCst);
        for (_, reply) in group.accepts.drain(..) {
            let _ = reply.send(());
        }
        let _ = self.settings.jobs.send(jobs);
        Ok(())
    }

    /// Whether there is room for the runs of a delivery, which they take.
    fn starts(&self) -> bool {
        let take = |room: usize| room.checked_sub(FUNCTIONS.len());
        let order = Ordering::SeqCst;
        !self.more.load(order) && self.room.fetch_update(order, order, take).is_ok()
    }

    fn give_back(&self, runs: usize) {
        self.room.fetch_add(runs, Ordering::SeqCst);
    }

    /// Records what ended, and claims what waits, until it is told to stop.
    fn end(&self, mut client: Client, commands: &Receiver<Command>) -> Result<()> {
        // Planned while the tables are empty, a hash join would read all of them.
        client.batch_execute("SET enable_hashjoin = off; SET enable_mergejoin = off")?;
        let [done, claim] = [DONE, CLAIM].map(|it| client.prepare(it));
        let (done, claim) = (done?, claim?);
        let (mut group, mut goes_on) = (Group::default(), true);
        while goes_on {
            let claims = self.more.load(Ordering::SeqCst) && self.room.load(Ordering::SeqCst) > 0;
            let patience = if claims { 0 } else { 250 };
            let patience = Duration::from_millis(patience);
            goes_on = group.take(commands, self.settings.group, patience);
            if !group.ends.is_empty() {
                self.record(&mut client, &done, &mut group.ends)?;
            }
            if self.more.load(Ordering::SeqCst) {
                self.claim(&mut client, &claim)?;
            }
        }
        Ok(())
    }

    fn record(&self, client: &mut Client, done: &Statement, ends: &mut Vec<Run>) -> Result<()> {
        let deliveries: Vec<_> = ends.iter().map(|run| run.delivery).collect();
        let names: Vec<_> = ends.iter().map(|run| FUNCTIONS[run.function]).collect();
        let attempts: Vec<_> = ends.iter().map(|run| run.attempt).collect();
        let recorded = client.execute(done, &[&deliveries, &names, &attempts])?;
        assert_eq!(recorded, ends.len() as u64, "a run was not ours");
        self.give_back(ends.len());
        self.settings
            .recorded
            .fetch_add(recorded, Ordering::Relaxed);
        ends.clear();
        Ok(())
    }

    fn claim(&self, client: &mut Client, claim: &Statement) -> Result<()> {
        let room = self.room.swap(0, Ordering::SeqCst);
        if room == 0 {
            return Ok(());
        }
        // What is stored after the claim has looked says so again.
        self.more.store(false, Ordering::SeqCst);
        let rows = client.query(claim, &[&(room.cast_signed() as i64)])?;
        if rows.len() == room {
            self.more.store(true, Ordering::SeqCst);
        }
        self.give_back(room - rows.len());
        let mut jobs = BTreeMap::<i64, Job>::new();
        for row in rows {
            let delivery = row.get(0);
            let job = jobs.entry(delivery).or_insert_with(|| Job {
                event: row.get(3),
                body: row.get::<_, Vec<u8>>(4).into(),
                runs: vec![],
            });
            job.runs.push(Run {
                delivery,
                function: function(row.get(1))?,
                attempt: row.get(2),
            });
        }
        let _ = self.settings.jobs.send(jobs.into_values().collect());
        Ok(())
    }
}
