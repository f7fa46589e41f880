CREATE TABLE again (delivery INTEGER, handler TEXT);
CREATE TRIGGER again AFTER UPDATE ON siohook_run WHEN old.state IN ('done', 'dead') BEGIN
  INSERT INTO again VALUES (old.delivery, old.handler);
END;

-- A process is known to be gone, and no lease has to be over.
CREATE TABLE taken (pid INTEGER, at INTEGER, in_lease INTEGER);
CREATE TRIGGER taken AFTER UPDATE ON siohook_run WHEN new.crashes > old.crashes BEGIN
  INSERT INTO taken VALUES (
    (SELECT pid FROM siohook_worker WHERE id = old.owner),
    CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), 0);
END;

CREATE VIEW stored AS
  SELECT json_extract(CAST(body AS TEXT), '$.data.n') AS n, handler, state, attempts
  FROM siohook_run JOIN siohook_delivery ON id = delivery;

CREATE VIEW integrity AS SELECT integrity_check AS said FROM pragma_integrity_check;
