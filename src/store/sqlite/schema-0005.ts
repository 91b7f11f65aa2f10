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
  basis TEXT,
  PRIMARY KEY (channel, id)
) STRICT, WITHOUT ROWID;

-- Whatever was approved before has no basis, so that it is made anew.
INSERT INTO documents
SELECT latest.channel, latest.rendering, latest.edition, latest.delivery, title, media_type, NULL
FROM (
  SELECT channel, rendering, edition, max(id) AS delivery FROM deliveries WHERE channel = 'feeds' GROUP BY rendering
) latest
JOIN renderings
  ON (renderings.edition, renderings.channel, renderings.id) = (latest.edition, latest.channel, latest.rendering);

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
