/** Instants are RFC 3339 in UTC with milliseconds, so that comparing them as text compares them in time. */
export const sql = `
PRAGMA application_id = 0x67726477;

CREATE TABLE memory (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sources (
  id TEXT PRIMARY KEY,
  first_day TEXT NOT NULL,
  validators TEXT NOT NULL,
  about TEXT NOT NULL,
  findings TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE items (
  url TEXT PRIMARY KEY,
  source TEXT NOT NULL REFERENCES sources (id),
  state TEXT NOT NULL CHECK (state IN ('new', 'skipped', 'undated')),
  reason TEXT,
  day TEXT,
  position INTEGER NOT NULL,
  section TEXT NOT NULL,
  sourced INTEGER NOT NULL,
  hash TEXT NOT NULL,
  first_seen_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  item TEXT NOT NULL,
  CHECK ((day IS NULL) = (state = 'undated'))
) STRICT;
CREATE INDEX items_day ON items (source, day DESC, position DESC);

CREATE TABLE editions (
  id TEXT PRIMARY KEY,
  date TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'held', 'approved', 'sending', 'sent', 'cancelled')),
  reason TEXT NOT NULL,
  approved_at TEXT,
  subject TEXT NOT NULL,
  items INTEGER NOT NULL,
  edition TEXT NOT NULL,
  findings TEXT NOT NULL
) STRICT;
CREATE INDEX editions_date ON editions (date DESC, id);
CREATE INDEX editions_state ON editions (state);

-- In the order of approval: the first row of an item names the edition that carries it.
CREATE TABLE edition_items (
  place INTEGER PRIMARY KEY,
  edition TEXT NOT NULL REFERENCES editions (id),
  url TEXT NOT NULL,
  UNIQUE (url, edition)
) STRICT;

CREATE TABLE renderings (
  edition TEXT NOT NULL REFERENCES editions (id),
  channel TEXT NOT NULL,
  id TEXT NOT NULL,
  place INTEGER NOT NULL,
  hash TEXT NOT NULL,
  identity TEXT NOT NULL,
  title TEXT NOT NULL,
  item TEXT,
  media_type TEXT NOT NULL,
  content TEXT NOT NULL,
  page TEXT NOT NULL,
  text TEXT,
  measures TEXT NOT NULL,
  findings TEXT NOT NULL,
  may_leave INTEGER NOT NULL,
  PRIMARY KEY (edition, channel, id)
) STRICT;

-- The ledger. The id is the order of planning.
CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  attempt_group TEXT NOT NULL,
  edition TEXT NOT NULL,
  channel TEXT NOT NULL,
  rendering TEXT NOT NULL,
  target TEXT NOT NULL,
  address TEXT,
  state TEXT NOT NULL DEFAULT 'planned' CHECK (
    state IN ('planned', 'claimed', 'sent', 'rejected', 'waiting', 'unknown', 'review', 'superseded')
  ),
  attempts INTEGER NOT NULL DEFAULT 0,
  first_attempt_at TEXT,
  claimed_by TEXT,
  claimed_at TEXT,
  not_before TEXT,
  reason TEXT,
  remote_id TEXT,
  url TEXT,
  settled_at TEXT,
  FOREIGN KEY (edition, channel, rendering) REFERENCES renderings (edition, channel, id),
  CHECK ((claimed_by IS NOT NULL) = (state = 'claimed') AND (claimed_at IS NOT NULL) = (state = 'claimed')),
  CHECK ((not_before IS NOT NULL) = (state IN ('waiting', 'unknown')))
) STRICT;
-- With the id that ends every index: the first of a state in the order of planning, without sorting.
CREATE INDEX deliveries_state ON deliveries (edition, state, channel);
CREATE INDEX deliveries_group ON deliveries (attempt_group);
CREATE INDEX deliveries_due ON deliveries (edition, channel, not_before) WHERE not_before IS NOT NULL;
CREATE INDEX deliveries_holder ON deliveries (claimed_by) WHERE claimed_by IS NOT NULL;

CREATE TABLE subscribers (
  id TEXT PRIMARY KEY,
  address TEXT NOT NULL UNIQUE COLLATE NOCASE,
  state TEXT NOT NULL CHECK (state IN ('active', 'unconfirmed', 'unsubscribed')),
  consent TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE slots (
  schedule TEXT NOT NULL,
  slot TEXT NOT NULL,
  worker TEXT NOT NULL,
  claimed_at TEXT NOT NULL,
  finished_at TEXT,
  PRIMARY KEY (schedule, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX slots_holder ON slots (worker) WHERE finished_at IS NULL;
`
