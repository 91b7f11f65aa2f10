/** Documents that are rendered only when they change, and lists of all that there is without reading its text. */
export const sql = `
ALTER TABLE renderings ADD COLUMN basis TEXT;

-- Of each document the edition whose rendering of it was approved last, and its delivery. What else is asked of a standing
-- document stands here once more: in its rendering it stands behind the content, which would have to be read for it.
CREATE TABLE documents (
  channel TEXT NOT NULL,
  id TEXT NOT NULL,
  edition TEXT NOT NULL REFERENCES editions (id),
  delivery INTEGER NOT NULL,
  title TEXT NOT NULL,
  media_type TEXT NOT NULL,
  hash TEXT NOT NULL,
  basis TEXT,
  PRIMARY KEY (channel, id)
) STRICT, WITHOUT ROWID;

-- Whatever was approved before has no basis, so that it is made anew.
INSERT INTO documents
SELECT latest.channel, latest.rendering, latest.edition, latest.delivery, title, media_type, hash, NULL
FROM (
  SELECT channel, rendering, edition, max(id) AS delivery FROM deliveries WHERE channel = 'feeds' GROUP BY rendering
) latest
JOIN renderings
  ON (renderings.edition, renderings.channel, renderings.id) = (latest.edition, latest.channel, latest.rendering);

-- What editions tell of without carrying it: lessons in their background, and what was put right or taken back before.
CREATE TABLE edition_mentions (
  url TEXT NOT NULL,
  edition TEXT NOT NULL REFERENCES editions (id),
  background INTEGER NOT NULL CHECK (background IN (0, 1)),
  PRIMARY KEY (url, edition)
) STRICT, WITHOUT ROWID;

INSERT INTO edition_mentions
SELECT value ->> 'url', editions.id, 1 FROM editions, json_each(edition, '$.background') WHERE approved_at IS NOT NULL
ON CONFLICT DO NOTHING;
INSERT INTO edition_mentions
SELECT value ->> 'url', editions.id, 0 FROM editions, json_each(edition, '$.amendments') WHERE approved_at IS NOT NULL
ON CONFLICT DO NOTHING;

-- When a source was first read to its end: whatever has no day and was there by then is of unknown age.
ALTER TABLE sources ADD COLUMN read_whole_at TEXT;
UPDATE sources SET read_whole_at = (SELECT min(first_seen_at) FROM items WHERE source = sources.id);

CREATE INDEX renderings_kept ON renderings (channel, id) WHERE content <> '';

-- With all that lists are made of: the rows are long.
DROP INDEX items_day;
CREATE INDEX items_line ON items (
  source, day DESC, position DESC, url, section, state, sourced, hash, first_seen_at, changed_at, missing_since,
  withdrawn_at
);
DROP INDEX editions_date;
CREATE INDEX editions_summary ON editions (
  date DESC, id, state, subject, items, reason, approved_at, planned_at, released_at
);
`
