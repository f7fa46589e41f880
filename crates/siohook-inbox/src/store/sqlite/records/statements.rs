//! Every statement that an operator runs.

use super::super::statements::statements;

statements! {
    /// Deliveries from the second id down to the first, whatever their runs do.
    DELIVERIES = "SELECT id FROM siohook_delivery WHERE id BETWEEN ?1 AND ?2 ORDER BY id DESC";
    /// With a run that is done or in any state, by all runs there are.
    DELIVERIES_RUN =
        "SELECT DISTINCT delivery FROM siohook_run
         WHERE delivery BETWEEN ?1 AND ?2 AND (?3 IS NULL OR handler = ?3)
           AND (?4 IS NULL OR state = ?4)
         ORDER BY delivery DESC";
    COUNT_DONE =
        "SELECT count(*) FROM siohook_run WHERE delivery BETWEEN ?1 AND ?2 AND state = 'done'";
    /// With a run in another state, of a handler unless that is NULL.
    DELIVERIES_BEHIND =
        "SELECT DISTINCT delivery FROM siohook_run INDEXED BY siohook_run_behind
         WHERE state = 'behind' AND delivery BETWEEN ?1 AND ?2 AND (?3 IS NULL OR handler = ?3)
         ORDER BY delivery DESC";
    DELIVERIES_WAITING =
        "SELECT DISTINCT delivery FROM siohook_run INDEXED BY siohook_run_waiting
         WHERE state = 'waiting' AND delivery BETWEEN ?1 AND ?2 AND (?3 IS NULL OR handler = ?3)
         ORDER BY delivery DESC";
    DELIVERIES_RUNNING =
        "SELECT DISTINCT delivery FROM siohook_run INDEXED BY siohook_run_running
         WHERE state = 'running' AND delivery BETWEEN ?1 AND ?2 AND (?3 IS NULL OR handler = ?3)
         ORDER BY delivery DESC";
    DELIVERIES_DEAD =
        "SELECT DISTINCT delivery FROM siohook_run INDEXED BY siohook_run_dead
         WHERE state = 'dead' AND reason <> 'purged' AND delivery BETWEEN ?1 AND ?2
           AND (?3 IS NULL OR handler = ?3)
         ORDER BY delivery DESC";
    SUMMARY =
        "SELECT key, event, message_id, received_at, body IS NOT NULL
         FROM siohook_delivery WHERE id = ?1";
    RUNS =
        "SELECT handler, state, due_at, attempts, crashes, replays, ended_at, reason, error
         FROM siohook_run WHERE delivery = ?1 ORDER BY handler";
    LAST_ID = "SELECT max(id) FROM siohook_delivery";
    /// The lowest and the highest id, also of a run whose delivery was deleted by hand.
    KNOWN_IDS =
        "SELECT min(id), max(id) FROM (
           SELECT min(id) AS id FROM siohook_delivery
           UNION ALL SELECT max(id) FROM siohook_delivery
           UNION ALL SELECT min(delivery) FROM siohook_run
           UNION ALL SELECT max(delivery) FROM siohook_run)";
    /// The first delivery from an id on.
    RECEIVED_FROM =
        "SELECT id, received_at FROM siohook_delivery WHERE id >= ?1 ORDER BY id LIMIT 1";

    /// Dead runs of deliveries from the second id down to the first.
    LETTERS =
        "SELECT run.delivery, run.handler, run.attempts, run.reason, run.error, delivery.key,
           delivery.event, delivery.received_at, delivery.body IS NOT NULL
         FROM siohook_run AS run INDEXED BY siohook_run_dead
         CROSS JOIN siohook_delivery AS delivery ON delivery.id = run.delivery
         WHERE run.state = 'dead' AND run.reason <> 'purged'
           AND run.delivery BETWEEN ?1 AND ?2 AND (?3 IS NULL OR run.handler = ?3)
           AND run.ended_at >= ?4 AND run.ended_at < ?5 AND (?6 IS NULL OR run.reason = ?6)
         ORDER BY run.delivery DESC, run.handler DESC";
    /// The same from the first id up, behind a handler of the first delivery.
    DEAD_RUNS =
        "SELECT run.delivery, run.handler, delivery.event, delivery.body IS NOT NULL
         FROM siohook_run AS run INDEXED BY siohook_run_dead
         CROSS JOIN siohook_delivery AS delivery ON delivery.id = run.delivery
         WHERE run.state = 'dead' AND run.reason <> 'purged'
           AND run.delivery BETWEEN ?1 AND ?2 AND (?3 IS NULL OR run.handler = ?3)
           AND run.ended_at >= ?4 AND run.ended_at < ?5 AND (?6 IS NULL OR run.reason = ?6)
           AND (?7 IS NULL OR run.delivery > ?1 OR run.handler > ?7)
         ORDER BY run.delivery, run.handler";
    RUNS_OF_HANDLER =
        "SELECT delivery FROM siohook_run WHERE delivery BETWEEN ?1 AND ?2 AND handler = ?3
         ORDER BY delivery LIMIT ?4";
    BODIES =
        "SELECT id, key, event, received_at, meta, body FROM siohook_delivery
         WHERE id BETWEEN ?1 AND ?2 AND body IS NOT NULL ORDER BY id";

    RETRY =
        "UPDATE siohook_run
         SET state = 'waiting', due_at = ?3, attempts = 0, crashes = 0, uncounted = 0,
           ended_at = NULL, reason = NULL
         WHERE delivery = ?1 AND handler = ?2 AND state = 'dead' AND reason <> 'purged'
           AND EXISTS (SELECT 1 FROM siohook_delivery WHERE id = ?1 AND body IS NOT NULL)";
    AGAIN =
        "UPDATE siohook_run
         SET state = 'waiting', due_at = ?3, attempts = 0, crashes = 0, uncounted = 0,
           ended_at = NULL, replays = replays + 1
         WHERE delivery = ?1 AND handler = ?2 AND state = 'done'
           AND EXISTS (SELECT 1 FROM siohook_delivery WHERE id = ?1 AND body IS NOT NULL)";
    PURGE =
        "UPDATE siohook_run SET reason = 'purged', error = NULL
         WHERE delivery = ?1 AND handler = ?2 AND state = 'dead' AND reason <> 'purged'";
    GIVE_UP =
        "UPDATE siohook_run SET state = 'dead', ended_at = ?3, reason = 'purged', error = NULL
         WHERE delivery = ?1 AND handler = ?2 AND (state = 'waiting' OR state = 'behind')";
    RENAME =
        "UPDATE OR IGNORE siohook_run SET
           handler = ?3,
           due_at = iif(state = 'waiting' AND due_at <= ?5, min(due_at, ?4), due_at)
         WHERE delivery = ?1 AND handler = ?2 AND state <> 'running'";
    ADD_RUN =
        "INSERT INTO siohook_run (delivery, handler, state, due_at)
         SELECT id, ?2, 'waiting', ?3 FROM siohook_delivery WHERE id = ?1 AND body IS NOT NULL
         ON CONFLICT DO NOTHING";
    HAS_BODY = "SELECT 1 FROM siohook_delivery WHERE id = ?1 AND body IS NOT NULL";
    ERASE_DELIVERY =
        "UPDATE siohook_delivery
         SET body = NULL, meta = iif(json_valid(meta), json_remove(meta, '$.query'), '{}')
         WHERE id = ?1 AND body IS NOT NULL";
    END_ERASED =
        "UPDATE siohook_run
         SET state = 'dead', owner = NULL, ended_at = ?2, reason = 'erased'
         WHERE delivery = ?1 AND state <> 'done' AND state <> 'dead'";
    BACK_UP = "VACUUM INTO ?1";
}
