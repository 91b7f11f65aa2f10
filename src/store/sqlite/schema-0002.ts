/**
 * The ledger in groups: what changes with every call stands once in its attempt group, what became of a delivery in
 * its outcome. A claim thus changes one row, however many deliveries it takes.
 */
export const sql = `
ALTER TABLE editions ADD COLUMN planned_at TEXT NOT NULL DEFAULT '';
ALTER TABLE editions ADD COLUMN released_at TEXT;
-- How many deliveries were written at approval, and the id of the first; NULL before it. Others may follow only after them.
ALTER TABLE editions ADD COLUMN frozen INTEGER;
ALTER TABLE editions ADD COLUMN first_delivery INTEGER;
UPDATE editions SET planned_at = edition ->> '$.plannedAt';

-- The deliveries that name a group lie between its first and its last: they are found by their own ids, without an index.
CREATE TABLE attempt_groups (
  id INTEGER PRIMARY KEY,
  -- The idempotency key. No two groups ever have the same, and no row is ever removed: a key is never used anew.
  key TEXT NOT NULL UNIQUE,
  edition TEXT NOT NULL,
  channel TEXT NOT NULL,
  rendering TEXT NOT NULL,
  first_delivery INTEGER NOT NULL,
  last_delivery INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'claimed', 'waiting', 'unknown', 'done')),
  attempts INTEGER NOT NULL DEFAULT 0,
  doubts INTEGER NOT NULL DEFAULT 0,
  refusals INTEGER NOT NULL DEFAULT 0,
  first_attempt_at TEXT,
  claimed_by TEXT,
  claimed_at TEXT,
  not_before TEXT,
  reason TEXT,
  FOREIGN KEY (edition, channel, rendering) REFERENCES renderings (edition, channel, id),
  CHECK ((claimed_by IS NOT NULL) = (state = 'claimed') AND (claimed_at IS NOT NULL) = (state = 'claimed')),
  CHECK ((not_before IS NOT NULL) = (state IN ('waiting', 'unknown')))
) STRICT;

-- The ledger. The id is the order of planning.
CREATE TABLE ledger (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  -- NULL: taken out before any call. No foreign key: a million look-ups at approval for what its one statement computes.
  group_id INTEGER,
  edition TEXT NOT NULL,
  channel TEXT NOT NULL,
  rendering TEXT NOT NULL,
  target TEXT NOT NULL,
  address TEXT,
  receipt TEXT,
  receipt_at TEXT
) STRICT;

-- How many deliveries are in each state, kept up with every change: counting a million rows takes half a second.
CREATE TABLE ledger_counts (
  edition TEXT NOT NULL,
  channel TEXT NOT NULL,
  state TEXT NOT NULL,
  count INTEGER NOT NULL CHECK (count >= 0),
  PRIMARY KEY (edition, channel, state)
) STRICT, WITHOUT ROWID;

-- Calls may have carried both what is final or in doubt ('called') and what is known not to have left ('fresh'): the latter
-- get a group of their own. What is final and was never tried names none.
CREATE TABLE moving AS
SELECT *, row_number() OVER (PARTITION BY attempt_group ORDER BY first_delivery) AS place,
  row_number() OVER (ORDER BY first_delivery) AS group_id
FROM (
  SELECT attempt_group, edition, channel, rendering, kind,
    min(id) AS first_delivery, max(id) AS last_delivery,
    CASE
      WHEN max(state = 'claimed') THEN 'claimed'
      WHEN max(state = 'unknown') THEN 'unknown'
      WHEN max(state = 'waiting') THEN 'waiting'
      WHEN max(state = 'planned') THEN 'planned'
      ELSE 'done'
    END AS state,
    max(attempts) AS attempts, min(first_attempt_at) AS first_attempt_at,
    max(claimed_by) AS claimed_by, max(claimed_at) AS claimed_at, max(not_before) AS not_before,
    max(CASE WHEN settled_at IS NULL THEN reason END) AS reason
  FROM (
    SELECT *, CASE WHEN state IN ('planned', 'waiting') THEN 'fresh' ELSE 'called' END AS kind
    FROM deliveries
    WHERE attempts > 0 OR state = 'planned'
  )
  GROUP BY attempt_group, edition, channel, rendering, kind
);
CREATE INDEX moving_group ON moving (attempt_group);

INSERT INTO attempt_groups
SELECT group_id,
  CASE
    WHEN kind = 'called' AND place = min(place) FILTER (WHERE kind = 'called') OVER named THEN attempt_group
    WHEN place = 1 AND count(*) FILTER (WHERE kind = 'called') OVER named = 0 THEN attempt_group
    ELSE attempt_group || '+' || group_id
  END,
  edition, channel, rendering, first_delivery, last_delivery, state, attempts,
  CASE WHEN state IN ('claimed', 'unknown') THEN max(attempts - 1, 0) ELSE 0 END,
  0,
  first_attempt_at,
  CASE WHEN state = 'claimed' THEN claimed_by END,
  CASE WHEN state = 'claimed' THEN claimed_at END,
  CASE WHEN state IN ('waiting', 'unknown') THEN not_before END,
  reason
FROM moving
WINDOW named AS (PARTITION BY attempt_group);

INSERT INTO ledger (id, key, group_id, edition, channel, rendering, target, address)
SELECT id, key,
  (
    SELECT group_id FROM moving
    WHERE (attempt_group, edition, channel, rendering)
        = (deliveries.attempt_group, deliveries.edition, deliveries.channel, deliveries.rendering)
      AND kind = CASE WHEN deliveries.state IN ('planned', 'waiting') THEN 'fresh' ELSE 'called' END
      AND (deliveries.attempts > 0 OR deliveries.state = 'planned')
  ),
  edition, channel, rendering, target, address
FROM deliveries
ORDER BY id;

-- What became of deliveries for good; one that is not in here is open, and its state is its group's. Apart from them, for a
-- row that grows is moved, and its page split: written in the order of sending these fill one page after the other.
CREATE TABLE outcomes (
  delivery INTEGER PRIMARY KEY,
  -- The usual one by itself: for a list SQLite makes a table with every statement, which doubles the time of a row.
  state TEXT NOT NULL CHECK (state = 'sent' OR state IN ('rejected', 'review', 'superseded', 'cancelled')),
  reason TEXT,
  remote_id TEXT,
  url TEXT,
  settled_at TEXT NOT NULL
) STRICT;
INSERT INTO outcomes
SELECT id, state, reason, remote_id, url, coalesce(settled_at, '1970-01-01T00:00:00.000Z')
FROM deliveries
WHERE state IN ('sent', 'rejected', 'review', 'superseded')
ORDER BY id;

DROP TABLE moving;
DROP TABLE deliveries;
ALTER TABLE ledger RENAME TO deliveries;

UPDATE editions SET (frozen, first_delivery) = (
  SELECT count(*), coalesce(min(id), 0) FROM deliveries WHERE deliveries.edition = editions.id
) WHERE approved_at IS NOT NULL;
INSERT INTO ledger_counts
SELECT deliveries.edition, deliveries.channel, coalesce(outcomes.state, attempt_groups.state) AS now, count(*)
FROM deliveries
LEFT JOIN outcomes ON outcomes.delivery = deliveries.id
LEFT JOIN attempt_groups ON attempt_groups.id = deliveries.group_id
GROUP BY deliveries.edition, deliveries.channel, now;

-- The first of a state in the order of planning, what waits by its time, and what is held: each by a seek.
CREATE INDEX attempt_groups_state ON attempt_groups (edition, state, channel, first_delivery);
CREATE INDEX attempt_groups_due ON attempt_groups (edition, channel, not_before) WHERE not_before IS NOT NULL;
CREATE INDEX attempt_groups_holder ON attempt_groups (claimed_by) WHERE claimed_by IS NOT NULL;
`
