/** Corrections and retractions, what a source no longer lists, and when a post is meant to leave. */
export const sql = `
ALTER TABLE items ADD COLUMN missing_since TEXT;
ALTER TABLE items ADD COLUMN withdrawn_at TEXT;
-- Its time by plan. What waits until this very instant waits by plan.
ALTER TABLE attempt_groups ADD COLUMN planned_for TEXT;

CREATE INDEX items_missing ON items (source) WHERE missing_since IS NOT NULL;

-- By the edition that carries it to the channels; \`told\` is the digest that told of it.
CREATE TABLE amendments (
  id TEXT PRIMARY KEY REFERENCES editions (id),
  kind TEXT NOT NULL CHECK (kind IN ('correction', 'retraction')),
  url TEXT NOT NULL,
  at TEXT NOT NULL,
  amendment TEXT NOT NULL,
  told TEXT REFERENCES editions (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX amendments_url ON amendments (url);
CREATE INDEX amendments_untold ON amendments (at) WHERE told IS NULL;
`
