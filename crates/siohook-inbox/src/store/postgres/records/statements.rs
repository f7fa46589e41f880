//! Every statement that an operator runs. Times are cut to milliseconds, so that those of a row are
//! not before or behind the ones that it was found by.

use super::super::statements::statements;

statements! {
    /// Deliveries from the second id down to the first, whatever their runs do.
    DELIVERIES =
        "SELECT id FROM siohook.delivery WHERE id BETWEEN $1 AND $2 ORDER BY id DESC LIMIT $3";
    /// With a run that is done or in any state, by all runs there are.
    DELIVERIES_RUN =
        "SELECT DISTINCT delivery FROM siohook.run
         WHERE delivery BETWEEN $1 AND $2 AND ($4::text IS NULL OR handler = $4)
           AND ($5::text IS NULL OR state = $5)
         ORDER BY delivery DESC LIMIT $3";
    COUNT_DONE =
        "SELECT count(*) AS runs FROM siohook.run
         WHERE delivery BETWEEN $1 AND $2 AND state = 'done'";
    /// With a run in another state, of a handler unless that is NULL.
    DELIVERIES_BEHIND =
        "SELECT DISTINCT delivery FROM siohook.run
         WHERE state = 'behind' AND delivery BETWEEN $1 AND $2
           AND ($4::text IS NULL OR handler = $4)
         ORDER BY delivery DESC LIMIT $3";
    DELIVERIES_WAITING =
        "SELECT DISTINCT delivery FROM siohook.run
         WHERE state = 'waiting' AND delivery BETWEEN $1 AND $2
           AND ($4::text IS NULL OR handler = $4)
         ORDER BY delivery DESC LIMIT $3";
    DELIVERIES_RUNNING =
        "SELECT DISTINCT delivery FROM siohook.run
         WHERE state = 'running' AND delivery BETWEEN $1 AND $2
           AND ($4::text IS NULL OR handler = $4)
         ORDER BY delivery DESC LIMIT $3";
    DELIVERIES_DEAD =
        "SELECT DISTINCT delivery FROM siohook.run
         WHERE state = 'dead' AND reason <> 'purged' AND delivery BETWEEN $1 AND $2
           AND ($4::text IS NULL OR handler = $4)
         ORDER BY delivery DESC LIMIT $3";
    SUMMARIES =
        "SELECT id, key, event, message_id,
           (extract(epoch FROM date_trunc('milliseconds', received_at)) * 1000)::bigint
             AS received_at,
           body IS NOT NULL AS has_body
         FROM siohook.delivery WHERE id = ANY ($1)";
    RUNS =
        "SELECT delivery, handler, state,
           (extract(epoch FROM date_trunc('milliseconds', due_at)) * 1000)::bigint AS due_at,
           attempts, crashes, replays,
           (extract(epoch FROM date_trunc('milliseconds', ended_at)) * 1000)::bigint AS ended_at,
           reason, error
         FROM siohook.run WHERE delivery = ANY ($1) ORDER BY delivery, handler";
    DELIVERY =
        "SELECT id, key, event, message_id,
           (extract(epoch FROM date_trunc('milliseconds', received_at)) * 1000)::bigint
             AS received_at,
           body IS NOT NULL AS has_body, meta::text AS meta, body
         FROM siohook.delivery WHERE id = $1";
    LAST_ID = "SELECT max(id) FROM siohook.delivery";
    /// The first delivery from an id on.
    RECEIVED_FROM =
        "SELECT id, (extract(epoch FROM date_trunc('milliseconds', received_at)) * 1000)::bigint
         FROM siohook.delivery WHERE id >= $1 ORDER BY id LIMIT 1";

    /// Dead runs of deliveries from the second id down to the first, and of the second one those
    /// before a handler.
    LETTERS =
        "SELECT run.delivery, run.handler, run.attempts, run.reason, run.error, delivery.key,
           delivery.event,
           (extract(epoch FROM date_trunc('milliseconds', delivery.received_at)) * 1000)::bigint
             AS received_at,
           delivery.body IS NOT NULL AS has_body
         FROM siohook.run JOIN siohook.delivery ON delivery.id = run.delivery
         WHERE run.state = 'dead' AND run.reason <> 'purged'
           AND run.delivery BETWEEN $1 AND $2
           AND ($3::text IS NULL OR run.handler = $3)
           AND ($4::timestamptz IS NULL OR run.ended_at >= $4)
           AND ($5::timestamptz IS NULL OR run.ended_at < $5)
           AND ($6::text IS NULL OR run.reason = $6)
           AND ($7::text IS NULL OR run.delivery < $2 OR run.handler < $7)
         ORDER BY run.delivery DESC, run.handler DESC LIMIT $8";
    /// The same from the first id up, and of the first one those behind a handler.
    DEAD_RUNS =
        "SELECT run.delivery, run.handler, delivery.event, delivery.body IS NOT NULL AS has_body
         FROM siohook.run JOIN siohook.delivery ON delivery.id = run.delivery
         WHERE run.state = 'dead' AND run.reason <> 'purged'
           AND run.delivery BETWEEN $1 AND $2
           AND ($3::text IS NULL OR run.handler = $3)
           AND ($4::timestamptz IS NULL OR run.ended_at >= $4)
           AND ($5::timestamptz IS NULL OR run.ended_at < $5)
           AND ($6::text IS NULL OR run.reason = $6)
           AND ($7::text IS NULL OR run.delivery > $1 OR run.handler > $7)
         ORDER BY run.delivery, run.handler LIMIT $8";
    RUNS_OF_HANDLER =
        "SELECT delivery FROM siohook.run WHERE delivery > $1 AND handler = $2
         ORDER BY delivery LIMIT $3";
    /// As many as have some bytes together, and at least one.
    BODIES =
        "SELECT id, key, event, received_at, meta, body
         FROM (
           SELECT id, key, event,
             (extract(epoch FROM date_trunc('milliseconds', received_at)) * 1000)::bigint
               AS received_at,
             meta::text AS meta, body, sum(octet_length(body)) OVER (ORDER BY id) AS bytes
           FROM (
             SELECT id, key, event, received_at, meta, body FROM siohook.delivery
             WHERE id > $1 AND body IS NOT NULL ORDER BY id LIMIT $2) AS page) AS sized
         WHERE bytes - octet_length(body) < $3 ORDER BY id";

    /// A body that is erased meanwhile is waited for: no run waits without one. All lock deliveries
    /// before runs.
    RETRY =
        "WITH whole AS MATERIALIZED (
           SELECT id FROM siohook.delivery
           WHERE id = ANY ($2) AND body IS NOT NULL ORDER BY id FOR SHARE
         )
         UPDATE siohook.run AS run SET
           state = 'waiting',
           due_at = coalesce($1::timestamptz, now()) + change.after * interval '1 ms',
           attempts = 0, crashes = 0, uncounted = 0, ended_at = NULL, reason = NULL
         FROM whole JOIN unnest($2::bigint[], $3::text[], $4::bigint[])
           AS change (delivery, handler, after) ON change.delivery = whole.id
         WHERE run.delivery = ANY ($2) AND run.delivery = change.delivery
           AND run.handler = change.handler AND run.state = 'dead' AND run.reason <> 'purged'";
    AGAIN =
        "WITH whole AS MATERIALIZED (
           SELECT id FROM siohook.delivery
           WHERE id = ANY ($2) AND body IS NOT NULL ORDER BY id FOR SHARE
         )
         UPDATE siohook.run AS run SET
           state = 'waiting', due_at = coalesce($1::timestamptz, now()),
           attempts = 0, crashes = 0, uncounted = 0, ended_at = NULL, replays = run.replays + 1
         FROM whole JOIN unnest($2::bigint[], $3::text[])
           AS change (delivery, handler) ON change.delivery = whole.id
         WHERE run.delivery = ANY ($2) AND run.delivery = change.delivery
           AND run.handler = change.handler AND run.state = 'done'";
    PURGE =
        "UPDATE siohook.run AS run SET reason = 'purged', error = NULL
         FROM unnest($1::bigint[], $2::text[]) AS change (delivery, handler)
         WHERE run.delivery = ANY ($1) AND run.delivery = change.delivery
           AND run.handler = change.handler AND run.state = 'dead' AND run.reason <> 'purged'";
    GIVE_UP =
        "UPDATE siohook.run AS run SET
           state = 'dead', ended_at = coalesce($1::timestamptz, now()), reason = 'purged',
           error = NULL
         FROM unnest($2::bigint[], $3::text[]) AS change (delivery, handler)
         WHERE run.delivery = ANY ($2) AND run.delivery = change.delivery
           AND run.handler = change.handler AND run.state IN ('waiting', 'behind')";
    RENAME =
        "UPDATE siohook.run AS run SET
           handler = $3,
           due_at = CASE
             WHEN run.state = 'waiting'
               AND run.due_at <= coalesce($4::timestamptz, now()) + $5::bigint * interval '1 ms'
             THEN least(run.due_at, coalesce($4, now())) ELSE run.due_at END
         FROM unnest($1::bigint[], $2::text[]) AS change (delivery, handler)
         WHERE run.delivery = ANY ($1) AND run.delivery = change.delivery
           AND run.handler = change.handler AND run.state <> 'running'
           AND NOT EXISTS (
             SELECT FROM siohook.run AS other
             WHERE other.delivery = run.delivery AND other.handler = $3)";
    ADD_RUNS =
        "INSERT INTO siohook.run (delivery, handler, state, due_at)
         SELECT $2, handler, 'waiting', coalesce($1::timestamptz, now())
         FROM unnest($3::text[]) AS added (handler)
         ON CONFLICT DO NOTHING";
    /// What is erased meanwhile waits for the end of the transaction.
    HAS_BODY = "SELECT FROM siohook.delivery WHERE id = $1 AND body IS NOT NULL FOR SHARE";
    METAS =
        "SELECT id, meta::text FROM siohook.delivery
         WHERE id = ANY ($1) AND body IS NOT NULL ORDER BY id FOR UPDATE";
    ERASE_DELIVERIES =
        "UPDATE siohook.delivery AS delivery SET body = NULL, meta = erased.meta::json
         FROM unnest($1::bigint[], $2::text[]) AS erased (id, meta)
         WHERE delivery.id = ANY ($1) AND delivery.id = erased.id";
    END_ERASED =
        "UPDATE siohook.run SET
           state = 'dead', owner = NULL, ended_at = coalesce($1::timestamptz, now()),
           reason = 'erased'
         WHERE delivery = ANY ($2) AND state NOT IN ('done', 'dead')";
}
