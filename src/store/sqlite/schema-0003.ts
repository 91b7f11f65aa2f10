/** Readers: what they agreed to, who must not be written to, what providers told; and the pace that all workers share. */
export const sql = `
ALTER TABLE subscribers ADD COLUMN consent_at TEXT;
ALTER TABLE subscribers ADD COLUMN frequency TEXT NOT NULL DEFAULT 'daily';
ALTER TABLE subscribers ADD COLUMN reason TEXT;
ALTER TABLE subscribers ADD COLUMN changed_at TEXT;
-- Mirrors the suppression list for the reader with that address, so that planning a mailing asks one table.
ALTER TABLE subscribers ADD COLUMN suppressed TEXT;
-- The latest delivery that was reported, and the latest renewal of consent: what was told of before says nothing any more.
ALTER TABLE subscribers ADD COLUMN delivered_at TEXT;
ALTER TABLE subscribers ADD COLUMN renewed_at TEXT;

CREATE TABLE suppressions (
  address TEXT PRIMARY KEY COLLATE NOCASE,
  reason TEXT NOT NULL CHECK (reason IN ('hard-bounce', 'soft-bounces', 'complaint', 'provider', 'editor')),
  detail TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Reports by the provider's id and the instant at which they were taken in.
CREATE TABLE reports (
  id TEXT PRIMARY KEY,
  at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX reports_at ON reports (at);

-- Since the latest delivery; at most one for each edition, the latest.
CREATE TABLE soft_bounces (
  subscriber TEXT NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
  edition TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (subscriber, edition)
) STRICT, WITHOUT ROWID;

CREATE TABLE paces (
  name TEXT PRIMARY KEY,
  -- Calls a second: as it stands, as it was last configured, and as the other side allows.
  per_second REAL NOT NULL,
  configured REAL NOT NULL,
  limit_per_second REAL,
  -- Before these instants nothing may be called: the next free turn, and the end of a pause.
  next_at TEXT NOT NULL,
  blocked_until TEXT,
  -- The latest instant at which this row was written, by the clock of whoever wrote it.
  seen_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`
