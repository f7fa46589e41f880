//! Every statement that the store runs after it was opened.
//!
//! They name the schema `siohook`, which is replaced by the one that was chosen. `$1` is the time by
//! a clock that is moved by hand; it is NULL where the server's clock counts.
//!
//! A test asserts the plan of each, as it is made for all values of its parameters. Where rows of a
//! batch are joined with a table, an array names their deliveries as well: no plan reads more.

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:literal;)*) => {
        $($(#[$doc])* pub(super) const $name: &str = $sql;)*

        /// All of them, with their names.
        #[cfg(test)]
        pub(in crate::store::postgres) const ALL: &[(&str, &str)] = &[$((stringify!($name), $sql)),*];
    };
}

pub(super) use statements;

statements! {
    /// Stores deliveries, sorted by key: all processes lock keys in one order. A key that is not among
    /// the answers was committed before, here or by another process.
    ACCEPT =
        "WITH me AS (
           SELECT EXISTS (
             SELECT FROM siohook.worker
             WHERE id = $10 AND seen_at + lease_ms * interval '1 ms' > now()) AS lives
         ), stored AS (
           INSERT INTO siohook.delivery (key, event, message_id, received_at, meta, body)
           SELECT key, event, message_id, coalesce($1::timestamptz, now()), meta::json, body
           FROM unnest($2::bytea[], $3::text[], $4::text[], $5::text[], $6::bytea[])
             AS new (key, event, message_id, meta, body)
           ON CONFLICT (key) DO NOTHING
           RETURNING id, key
         ), runs AS (
           INSERT INTO siohook.run (delivery, handler, state, due_at, attempts, owner)
           SELECT stored.id, new.handler,
             CASE WHEN new.is_running AND me.lives THEN 'running' ELSE 'waiting' END,
             coalesce($1, now()), (new.is_running AND me.lives)::integer,
             CASE WHEN new.is_running AND me.lives THEN $10::bigint END
           FROM unnest($7::bytea[], $8::text[], $9::boolean[]) AS new (key, handler, is_running)
             JOIN stored ON stored.key = new.key CROSS JOIN me
         )
         SELECT stored.id, stored.key, me.lives FROM stored CROSS JOIN me";

    /// The fence is the owner and the attempt. It does not name the state, which the owner tells as
    /// well: the planner would take the index of running runs, and join all of them.
    END =
        "UPDATE siohook.run AS run SET
           state = ending.state, owner = NULL,
           due_at = CASE WHEN ending.state = 'waiting'
             THEN coalesce($1::timestamptz, now()) + ending.after * interval '1 ms'
             ELSE run.due_at END,
           ended_at = CASE WHEN ending.state = 'waiting'
             THEN run.ended_at ELSE coalesce($1, now()) END,
           reason = CASE WHEN ending.state = 'waiting' THEN run.reason ELSE ending.reason END,
           error = CASE WHEN ending.given_back THEN run.error ELSE ending.error END,
           uncounted = run.uncounted + CASE WHEN ending.given_back THEN 1
             WHEN ending.state = 'waiting' THEN run.crashes ELSE 0 END,
           crashes = CASE WHEN ending.state = 'waiting' AND NOT ending.given_back
             THEN 0 ELSE run.crashes END
         FROM unnest($2::bigint[], $3::text[], $4::integer[], $5::text[], $6::boolean[],
             $7::bigint[], $8::text[], $9::text[])
           AS ending (delivery, handler, attempts, state, given_back, after, reason, error)
         WHERE run.delivery = ANY ($2)
           AND run.delivery = ending.delivery AND run.handler = ending.handler
           AND run.attempts = ending.attempts AND run.owner = $10
         RETURNING run.delivery, run.handler, run.attempts";

    /// Claims nothing while a run is due whose process ended in it, or if others may have taken this
    /// worker for one that ended.
    ///
    /// A run without its delivery, which a shell can insert, is left alone and blocks no claim. The
    /// delivery is a value and not tested by `EXISTS`, which would be joined with all deliveries.
    CLAIM_UNTROUBLED =
        "WITH due AS MATERIALIZED (
           SELECT delivery, handler FROM siohook.run
           WHERE state = 'waiting' AND due_at <= coalesce($1::timestamptz, now())
             AND crashes = 0 AND handler = ANY ($2)
             AND (SELECT true FROM siohook.delivery WHERE id = run.delivery)
             AND NOT EXISTS (
               SELECT FROM siohook.run
               WHERE state = 'waiting' AND due_at <= coalesce($1, now()) AND crashes > 0
                 AND handler = ANY ($2)
                 AND (SELECT true FROM siohook.delivery WHERE id = run.delivery))
             AND EXISTS (
               SELECT FROM siohook.worker
               WHERE id = $4 AND seen_at + lease_ms * interval '1 ms' > now())
           ORDER BY due_at, delivery, handler LIMIT $3 FOR UPDATE SKIP LOCKED
         )
         UPDATE siohook.run AS run
         SET state = 'running', owner = $4, attempts = run.attempts + 1
         FROM due JOIN siohook.delivery AS delivery ON delivery.id = due.delivery
         WHERE run.delivery = ANY (ARRAY(SELECT delivery FROM due))
           AND run.delivery = due.delivery AND run.handler = due.handler
           AND delivery.id = ANY (ARRAY(SELECT delivery FROM due))
         RETURNING run.delivery, run.handler, run.attempts, run.crashes, run.uncounted,
           delivery.key, delivery.event,
           (extract(epoch FROM delivery.received_at) * 1000)::bigint AS received_at,
           delivery.meta::text AS meta, delivery.body";
    CLAIM_CRASHED =
        "WITH due AS MATERIALIZED (
           SELECT delivery, handler FROM siohook.run
           WHERE state = 'waiting' AND due_at <= coalesce($1::timestamptz, now())
             AND crashes > 0 AND handler = ANY ($2)
             AND (SELECT true FROM siohook.delivery WHERE id = run.delivery)
             AND EXISTS (
               SELECT FROM siohook.worker
               WHERE id = $3 AND seen_at + lease_ms * interval '1 ms' > now())
           ORDER BY due_at, delivery, handler LIMIT 1 FOR UPDATE SKIP LOCKED
         )
         UPDATE siohook.run AS run
         SET state = 'running', owner = $3, attempts = run.attempts + 1
         FROM due JOIN siohook.delivery AS delivery ON delivery.id = due.delivery
         WHERE run.delivery = ANY (ARRAY(SELECT delivery FROM due))
           AND run.delivery = due.delivery AND run.handler = due.handler
           AND delivery.id = ANY (ARRAY(SELECT delivery FROM due))
         RETURNING run.delivery, run.handler, run.attempts, run.crashes, run.uncounted,
           delivery.key, delivery.event,
           (extract(epoch FROM delivery.received_at) * 1000)::bigint AS received_at,
           delivery.meta::text AS meta, delivery.body";
    /// Whether a run is due whose process ended in it, and in how many milliseconds the next run
    /// becomes due. An operator may let a run wait for ever.
    LOOK =
        "SELECT
           EXISTS (
             SELECT FROM siohook.run
             WHERE state = 'waiting' AND due_at <= coalesce($1::timestamptz, now())
               AND crashes > 0 AND handler = ANY ($2)
               AND (SELECT true FROM siohook.delivery WHERE id = run.delivery)) AS has_crashed,
           (SELECT ceil(extract(epoch FROM due_at - coalesce($1, now())) * 1000)::bigint
            FROM siohook.run
            WHERE state = 'waiting' AND due_at > coalesce($1, now()) AND due_at < 'infinity'
            ORDER BY due_at LIMIT 1) AS next";

    /// Looks at the runs that claims meet first. Those behind them slow no claim down.
    HAS_DUE_ORPHANS =
        "SELECT EXISTS (
           SELECT FROM (
             SELECT handler FROM siohook.run
             WHERE state = 'waiting' AND due_at <= coalesce($1::timestamptz, now())
             ORDER BY due_at, delivery, handler LIMIT 1000) AS first
           WHERE handler <> ALL (ARRAY(SELECT unnest(handlers) FROM siohook.worker)))";
    PUT_OFF_ORPHANS =
        "WITH first AS MATERIALIZED (
           SELECT delivery, handler FROM siohook.run
           WHERE state = 'waiting' AND due_at <= coalesce($1::timestamptz, now())
           ORDER BY due_at, delivery, handler LIMIT 1000 FOR UPDATE SKIP LOCKED
         )
         UPDATE siohook.run AS run
         SET due_at = coalesce($1, now()) + $2::bigint * interval '1 ms'
         FROM first
         WHERE run.delivery = ANY (ARRAY(SELECT delivery FROM first))
           AND run.delivery = first.delivery AND run.handler = first.handler
           AND first.handler <> ALL (ARRAY(SELECT unnest(handlers) FROM siohook.worker))";

    INSERT_WORKER =
        "INSERT INTO siohook.worker (host, pid, lease_ms, handlers)
         VALUES ($1, $2, $3, $4) RETURNING id";
    /// A worker that others took for one that ended comes back under its id.
    INSERT_WORKER_AGAIN =
        "INSERT INTO siohook.worker (id, host, pid, lease_ms, handlers)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING";
    BEAT = "UPDATE siohook.worker SET seen_at = now() WHERE id = $1";
    /// The other workers, with the owners of runs whose row was deleted. While the server was away, no
    /// worker could say that it lives.
    OTHERS =
        "SELECT id, greatest(seen_at, pg_postmaster_start_time())
             + lease_ms * interval '1 ms' <= now() AS is_gone
         FROM siohook.worker WHERE id <> $1
         UNION ALL
         SELECT owner, true FROM (
           SELECT DISTINCT owner FROM siohook.run WHERE state = 'running' AND owner <> $1) AS running
         WHERE NOT EXISTS (SELECT FROM siohook.worker WHERE id = owner)";
    OWN_RUNS =
        "SELECT delivery, handler, attempts FROM siohook.run
         WHERE state = 'running' AND owner = $1";
    /// Returns nothing if that worker lives, or if another one is faster.
    DELETE_GONE =
        "DELETE FROM siohook.worker
         WHERE id = $1 AND greatest(seen_at, pg_postmaster_start_time())
             + lease_ms * interval '1 ms' <= now()
         RETURNING id";
    HAS_WORKER = "SELECT EXISTS (SELECT FROM siohook.worker WHERE id = $1)";
    RUNS_OF_WORKER =
        "WITH run AS MATERIALIZED (
           SELECT delivery, handler, attempts, crashes, uncounted FROM siohook.run
           WHERE state = 'running' AND owner = $1 FOR UPDATE
         )
         SELECT run.delivery, run.handler, run.attempts, run.crashes, run.uncounted,
           delivery.key, delivery.event,
           (extract(epoch FROM delivery.received_at) * 1000)::bigint AS received_at,
           delivery.meta::text AS meta, NULL::bytea AS body
         FROM run JOIN siohook.delivery ON delivery.id = run.delivery
         WHERE delivery.id = ANY (ARRAY(SELECT delivery FROM run))";
    /// They wait, or are dead if there is a text.
    TAKE_BACK =
        "UPDATE siohook.run AS run SET
           state = CASE WHEN taken.error IS NULL THEN 'waiting' ELSE 'dead' END,
           owner = NULL, crashes = taken.crashes,
           due_at = CASE WHEN taken.error IS NULL
             THEN coalesce($1::timestamptz, now()) + taken.after * interval '1 ms'
             ELSE run.due_at END,
           ended_at = CASE WHEN taken.error IS NULL THEN run.ended_at ELSE coalesce($1, now()) END,
           reason = CASE WHEN taken.error IS NULL THEN run.reason ELSE $6 END,
           error = coalesce(taken.error, run.error)
         FROM unnest($2::bigint[], $3::text[], $4::integer[], $5::bigint[], $7::text[])
           AS taken (delivery, handler, crashes, after, error)
         WHERE run.delivery = ANY ($2)
           AND run.delivery = taken.delivery AND run.handler = taken.handler";
    /// They are due as before: they were due when they were claimed.
    GIVE_BACK_ALL =
        "UPDATE siohook.run
         SET state = 'waiting', owner = NULL, uncounted = uncounted + 1
         WHERE state = 'running' AND owner = $1";
    DELETE_WORKER = "DELETE FROM siohook.worker WHERE id = $1";
    NOTIFY = "SELECT pg_notify($1, '')";

    DELIVERIES_AFTER =
        "SELECT delivery.id,
           (extract(epoch FROM delivery.received_at) * 1000)::bigint AS received_at,
           delivery.has_body, coalesce(runs.is_open, false) AS is_open,
           coalesce(runs.is_dead, false) AS is_dead,
           (extract(epoch FROM runs.ended_at) * 1000)::bigint AS ended_at
         FROM (
             SELECT id, received_at, body IS NOT NULL AS has_body FROM siohook.delivery
             WHERE id > $1 ORDER BY id LIMIT $2) AS delivery
           CROSS JOIN LATERAL (
             SELECT bool_or(state IN ('behind', 'waiting', 'running')) AS is_open,
               bool_or(state = 'dead' AND reason <> 'purged') AS is_dead, max(ended_at) AS ended_at
             FROM siohook.run WHERE run.delivery = delivery.id) AS runs
         ORDER BY delivery.id";
    /// No process adds runs to these deliveries, or starts them anew, until the transaction ends.
    LOCK_DELIVERIES =
        "SELECT id FROM siohook.delivery WHERE id = ANY ($1) ORDER BY id FOR UPDATE";
    LOCK_RUNS =
        "SELECT delivery FROM siohook.run WHERE delivery = ANY ($1)
         ORDER BY delivery, handler FOR UPDATE";
    ERASE_BODIES =
        "UPDATE siohook.delivery SET body = NULL
         WHERE id = ANY ($1) AND NOT EXISTS (
           SELECT FROM siohook.run
           WHERE delivery = ANY ($1) AND delivery = id AND state IN ('behind', 'waiting', 'running'))
         RETURNING id";
    ERASE_ERRORS = "UPDATE siohook.run SET error = NULL WHERE delivery = ANY ($1)";
    DELETE_DELIVERIES =
        "DELETE FROM siohook.delivery
         WHERE id = ANY ($1) AND NOT EXISTS (
           SELECT FROM siohook.run
           WHERE delivery = ANY ($1) AND delivery = id AND state IN ('behind', 'waiting', 'running'))
         RETURNING id";

    LINKED_HANDLERS = "SELECT DISTINCT unnest(handlers) AS handler FROM siohook.worker";
    COUNTS =
        "SELECT handler, 'waiting' AS state, NULL AS reason, count(*) AS runs
         FROM siohook.run WHERE state = 'waiting' GROUP BY handler
         UNION ALL
         SELECT handler, 'behind', NULL, count(*)
         FROM siohook.run WHERE state = 'behind' GROUP BY handler
         UNION ALL
         SELECT handler, 'running', NULL, count(*)
         FROM siohook.run WHERE state = 'running' GROUP BY handler
         UNION ALL
         SELECT handler, 'dead', reason, count(*)
         FROM siohook.run WHERE state = 'dead' AND reason <> 'purged' GROUP BY handler, reason";
    /// The sum keeps the planner from looking for the first one by the key, among all runs that are done.
    OLDEST_WAITING =
        "SELECT (extract(epoch FROM coalesce($1::timestamptz, now()) - received_at) * 1000)::bigint
           AS waited
         FROM siohook.delivery WHERE id = (
           SELECT min(delivery + 0) FROM siohook.run WHERE state = 'waiting')";

    HAS_NAMESPACE =
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1)";
    /// Reads the catalogue as it is now. `to_regclass` would remember within a transaction that the
    /// table was missing, while another process has created it.
    HAS_SCHEMA =
        "SELECT EXISTS (
           SELECT 1 FROM pg_catalog.pg_class
           JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
           WHERE nspname = $1 AND relname = 'schema')";
    SCHEMA_VERSION = "SELECT version FROM siohook.schema";
}
