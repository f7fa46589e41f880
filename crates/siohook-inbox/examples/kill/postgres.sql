CREATE TABLE again (delivery bigint, handler text);
CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.again VALUES (old.delivery, old.handler);
  RETURN NULL;
END $$;
CREATE TRIGGER again AFTER UPDATE ON siohook.run FOR EACH ROW
  WHEN (old.state IN ('done', 'dead')) EXECUTE FUNCTION again();

-- The row of a process may go with the statement that takes its runs back.
CREATE TABLE seen AS SELECT * FROM siohook.worker;
ALTER TABLE seen ADD PRIMARY KEY (id);
CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM public.seen WHERE id = new.id;
  INSERT INTO public.seen SELECT new.*;
  RETURN NULL;
END $$;
CREATE TRIGGER seen AFTER INSERT OR UPDATE ON siohook.worker FOR EACH ROW EXECUTE FUNCTION seen();

CREATE TABLE taken (pid bigint, at bigint, in_lease integer);
CREATE FUNCTION taken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.taken SELECT
    pid, extract(epoch FROM clock_timestamp()) * 1000,
    coalesce(clock_timestamp() < seen_at + lease_ms * interval '1 millisecond', false)::int
  FROM (VALUES (old.owner)) AS it (worker) LEFT JOIN public.seen ON id = worker;
  RETURN NULL;
END $$;
CREATE TRIGGER taken AFTER UPDATE ON siohook.run FOR EACH ROW
  WHEN (new.crashes > old.crashes) EXECUTE FUNCTION taken();

CREATE VIEW stored AS
  SELECT convert_from(body, 'UTF8')::json #>> '{data,n}' AS n, handler, state, attempts
  FROM siohook.run JOIN siohook.delivery ON id = delivery;

-- The group of an accept is stored as a whole or not at all.
CREATE VIEW integrity AS
  SELECT CASE count(*) WHEN 0 THEN 'ok' ELSE count(*) || ' deliveries without their runs' END AS said
  FROM siohook.delivery WHERE (SELECT count(*) FROM siohook.run WHERE delivery = id) <> 3;
