CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    contact_id INTEGER NOT NULL,
    email TEXT NOT NULL
) STRICT;

-- The lines of orders: main products, order bumps and upsells. Whoever has one that is not
-- revoked has access.
CREATE TABLE grants (
    id INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES orders,
    granted_at TEXT NOT NULL DEFAULT (datetime()),
    mailed_at TEXT,
    revoked_at TEXT
) STRICT;

CREATE INDEX orders_of_contact ON orders (contact_id);
CREATE INDEX grants_of_order ON grants (order_id);
