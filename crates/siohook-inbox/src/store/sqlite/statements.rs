//! Every statement that the store runs after it was opened.
//!
//! A test asserts the plan of each: a partial index is used only if the statement repeats its
//! condition word for word.

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:literal;)*) => {
        $($(#[$doc])* pub(super) const $name: &str = $sql;)*

        /// All of them, with their names.
        #[cfg(test)]
        pub(in crate::store::sqlite) const ALL: &[(&str, &str)] =
            &[$((stringify!($name), $sql)),*];
    };
}

pub(super) use statements;

statements! {
    BEGIN = "BEGIN IMMEDIATE";
    COMMIT = "COMMIT";
    ROLLBACK = "ROLLBACK";

    INSERT_DELIVERY =
        "INSERT INTO siohook_delivery (key, event, message_id, received_at, meta, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (key) DO NOTHING";
    INSERT_RUN =
        "INSERT INTO siohook_run (delivery, handler, state, due_at, attempts, owner)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    DELETE_DELIVERY = "DELETE FROM siohook_delivery WHERE id = ?1";
    SELECT_DELIVERY =
        "SELECT key, event, received_at, meta, body FROM siohook_delivery WHERE id = ?1";

    DELIVERIES_AFTER =
        "SELECT id, received_at, body IS NOT NULL FROM siohook_delivery
         WHERE id > ?1 ORDER BY id";
    RUNS_ENDED =
        "SELECT coalesce(max(state IN ('behind', 'waiting', 'running')), 0),
           coalesce(max(state = 'dead' AND reason <> 'purged'), 0), max(ended_at)
         FROM siohook_run WHERE delivery = ?1";
    ERASE_BODY = "UPDATE siohook_delivery SET body = NULL WHERE id = ?1";
    ERASE_ERRORS = "UPDATE siohook_run SET error = NULL WHERE delivery = ?1";

    /// The first four parameters of each end are the fence.
    END_DONE =
        "UPDATE siohook_run
         SET state = 'done', owner = NULL, ended_at = ?5, reason = NULL, error = NULL
         WHERE delivery = ?1 AND handler = ?2 AND owner = ?3 AND attempts = ?4
           AND state = 'running'";
    END_RETRY =
        "UPDATE siohook_run
         SET state = 'waiting', owner = NULL, due_at = ?5, error = ?6,
           uncounted = uncounted + crashes, crashes = 0
         WHERE delivery = ?1 AND handler = ?2 AND owner = ?3 AND attempts = ?4
           AND state = 'running'";
    END_DEAD =
        "UPDATE siohook_run
         SET state = 'dead', owner = NULL, ended_at = ?5, reason = ?6, error = ?7
         WHERE delivery = ?1 AND handler = ?2 AND owner = ?3 AND attempts = ?4
           AND state = 'running'";
    END_GIVEN_BACK =
        "UPDATE siohook_run
         SET state = 'waiting', owner = NULL, due_at = ?5, uncounted = uncounted + 1
         WHERE delivery = ?1 AND handler = ?2 AND owner = ?3 AND attempts = ?4
           AND state = 'running'";

    /// A run without its delivery is left alone: a shell deletes deliveries without their runs,
    /// because it does not enforce foreign keys.
    CLAIM_UNTROUBLED =
        "UPDATE siohook_run SET state = 'running', owner = ?1, attempts = attempts + 1
         FROM (
           SELECT delivery, handler FROM siohook_run AS due INDEXED BY siohook_run_waiting
           WHERE state = 'waiting' AND due_at <= ?2 AND crashes = 0
             AND handler IN (SELECT value FROM json_each(?3))
             AND EXISTS (SELECT 1 FROM siohook_delivery WHERE id = due.delivery)
           ORDER BY due_at LIMIT ?4) AS first
         WHERE siohook_run.delivery = first.delivery AND siohook_run.handler = first.handler
         RETURNING delivery, handler, attempts, crashes, uncounted";
    CLAIM_CRASHED =
        "UPDATE siohook_run SET state = 'running', owner = ?1, attempts = attempts + 1
         FROM (
           SELECT delivery, handler FROM siohook_run AS due INDEXED BY siohook_run_crashed
           WHERE state = 'waiting' AND due_at <= ?2 AND crashes > 0
             AND handler IN (SELECT value FROM json_each(?3))
             AND EXISTS (SELECT 1 FROM siohook_delivery WHERE id = due.delivery)
           ORDER BY due_at LIMIT ?4) AS first
         WHERE siohook_run.delivery = first.delivery AND siohook_run.handler = first.handler
         RETURNING delivery, handler, attempts, crashes, uncounted";
    HAS_CRASHED =
        "SELECT 1 FROM siohook_run AS due INDEXED BY siohook_run_crashed
         WHERE state = 'waiting' AND due_at <= ?1 AND crashes > 0
           AND handler IN (SELECT value FROM json_each(?2))
           AND EXISTS (SELECT 1 FROM siohook_delivery WHERE id = due.delivery)
         LIMIT 1";
    NEXT_DUE =
        "SELECT min(due_at) FROM siohook_run INDEXED BY siohook_run_waiting
         WHERE state = 'waiting' AND due_at > ?1";

    /// Looks at the runs that claims meet first. Those behind them slow no claim down.
    HAS_DUE_ORPHANS =
        "SELECT 1 FROM (
           SELECT handler FROM siohook_run INDEXED BY siohook_run_waiting
           WHERE state = 'waiting' AND due_at <= ?1 ORDER BY due_at LIMIT 1000)
         WHERE handler NOT IN (
           SELECT value FROM siohook_worker, json_each(siohook_worker.handlers))
         LIMIT 1";
    PUT_OFF_ORPHANS =
        "UPDATE siohook_run SET due_at = ?2
         FROM (
           SELECT delivery, handler FROM siohook_run INDEXED BY siohook_run_waiting
           WHERE state = 'waiting' AND due_at <= ?1 ORDER BY due_at LIMIT 1000) AS first
         WHERE siohook_run.delivery = first.delivery AND siohook_run.handler = first.handler
           AND first.handler NOT IN (
             SELECT value FROM siohook_worker, json_each(siohook_worker.handlers))";

    DATA_VERSION = "PRAGMA data_version";
    CHECKPOINT = "PRAGMA wal_checkpoint(TRUNCATE)";
    INSERT_WORKER =
        "INSERT INTO siohook_worker (id, pid, host, started_at, handlers)
         VALUES (?1, ?2, ?3, ?4, ?5)";
    IS_REGISTERED = "SELECT 1 FROM siohook_worker WHERE id = ?1";
    DELETE_WORKER = "DELETE FROM siohook_worker WHERE id = ?1";
    /// With the owners of runs whose row was deleted by hand, or is not in a backup.
    WORKERS =
        "SELECT id FROM siohook_worker
         UNION
         SELECT owner FROM siohook_run INDEXED BY siohook_run_running WHERE state = 'running'";
    RUNS_OF_WORKER =
        "SELECT delivery, handler, attempts, crashes, uncounted
         FROM siohook_run INDEXED BY siohook_run_running
         WHERE state = 'running' AND owner = ?1";
    TAKE_BACK =
        "UPDATE siohook_run SET state = 'waiting', owner = NULL, crashes = ?3, due_at = ?4
         WHERE delivery = ?1 AND handler = ?2";
    TAKE_BACK_DEAD =
        "UPDATE siohook_run
         SET state = 'dead', owner = NULL, crashes = ?3, ended_at = ?4, reason = ?5, error = ?6
         WHERE delivery = ?1 AND handler = ?2";
    /// They are due as before: they were due when they were claimed.
    GIVE_BACK_ALL =
        "UPDATE siohook_run INDEXED BY siohook_run_running
         SET state = 'waiting', owner = NULL, uncounted = uncounted + 1
         WHERE state = 'running' AND owner = ?1";

    LINKED_HANDLERS =
        "SELECT DISTINCT value FROM siohook_worker, json_each(siohook_worker.handlers)";
    COUNT_WAITING =
        "SELECT handler, count(*) FROM siohook_run INDEXED BY siohook_run_waiting
         WHERE state = 'waiting' GROUP BY handler";
    COUNT_BEHIND =
        "SELECT handler, count(*) FROM siohook_run INDEXED BY siohook_run_behind
         WHERE state = 'behind' GROUP BY handler";
    COUNT_RUNNING =
        "SELECT handler, count(*) FROM siohook_run INDEXED BY siohook_run_running
         WHERE state = 'running' GROUP BY handler";
    COUNT_DEAD =
        "SELECT handler, reason, count(*) FROM siohook_run INDEXED BY siohook_run_dead
         WHERE state = 'dead' AND reason <> 'purged' GROUP BY handler, reason";
    OLDEST_WAITING =
        "SELECT received_at FROM siohook_delivery WHERE id = (
           SELECT min(delivery) FROM siohook_run INDEXED BY siohook_run_waiting
           WHERE state = 'waiting')";
    /// Runs that are not done.
    COUNT_WINDOW =
        "SELECT handler, state, reason, count(*), min(delivery) FROM siohook_run
         WHERE delivery BETWEEN ?1 AND ?2 AND state <> 'done'
           AND (state <> 'dead' OR reason <> 'purged')
         GROUP BY handler, state, reason";
    RECEIVED_AT = "SELECT received_at FROM siohook_delivery WHERE id = ?1";
}
