-- Who has access to which course at systeme.io.
CREATE TABLE enrolments (
    contact_id INTEGER NOT NULL,
    course_id INTEGER NOT NULL,
    enrolled_at TEXT NOT NULL DEFAULT (datetime()),
    PRIMARY KEY (contact_id, course_id)
) STRICT;
