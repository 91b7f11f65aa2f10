import * as z from 'zod'
import { sha256 } from '../../domain/hash.ts'
import type { Freeze, Standing, Store } from '../../ports.ts'
import type { Connection } from './connection.ts'
import { rowAs } from './rows.ts'

/** Renderings of which the newest alone counts. */
export function documentMethods(db: Connection): Pick<Store, 'standing'> {
  return { standing: (channel) => db.read(() => standing(db, channel)) }
}

const documentRow = z.object({
  id: z.string(),
  title: z.string(),
  mediaType: z.string(),
  hash: z.string(),
  basis: z.string().exactOptional(),
  edition: z.string(),
  isKnown: z.coerce.boolean(),
  hasLeft: z.coerce.boolean(),
})

function standing(db: Connection, channel: string): Standing {
  const documents = db
    .all(
      `SELECT documents.id, title, media_type AS mediaType, hash, basis, documents.edition,
         coalesce(outcomes.state = 'sent', editions.state IN ('approved', 'sending', 'sent')) AS isKnown,
         coalesce(outcomes.state = 'sent', 0) AS hasLeft
       FROM documents
       JOIN editions ON editions.id = documents.edition
       LEFT JOIN outcomes ON outcomes.delivery = documents.delivery
       WHERE documents.channel = :channel
       ORDER BY documents.id`,
      { channel },
    )
    .map((row) => rowAs(documentRow, row, 'documents'))
  return {
    token: sha256(JSON.stringify(documents.map(({ id, edition, isKnown }) => [id, edition, isKnown]))),
    documents: documents.map(({ isKnown, basis, ...document }) => ({
      ...document,
      ...(isKnown && basis !== undefined && { basis }),
    })),
  }
}

/** Whether documents stand by now that whoever made this did not know of. */
export function isOutdated(db: Connection, { seen = new Map() }: Pick<Freeze, 'seen'>): boolean {
  return [...seen].some(([channel, token]) => standing(db, channel).token !== token)
}

/**
 * What was planned of this edition takes the place of older documents, whose bytes are let go: of those that are still
 * open the next approval does it. A rendering whose key was planned before leaves nothing, and takes no place.
 */
export function replaceDocuments(db: Connection, { edition, renderings, deliveries, documents }: Freeze): void {
  const keys = new Map(deliveries.map(({ channel, rendering, key }) => [`${channel} ${rendering}`, key]))
  for (const { channel, id, title, mediaType, hash, basis, mayLeave } of renderings) {
    const key = keys.get(`${channel} ${id}`)
    if (!mayLeave || key === undefined || !documents.includes(channel)) continue
    const replaced = db.run(
      `INSERT INTO documents (channel, id, edition, delivery, title, media_type, hash, basis)
       SELECT channel, rendering, edition, id, :title, :mediaType, :hash, :basis FROM deliveries
       WHERE key = :key AND edition = :edition AND rendering = :id
       ON CONFLICT (channel, id) DO UPDATE
       SET edition = excluded.edition, delivery = excluded.delivery, title = excluded.title,
         media_type = excluded.media_type, hash = excluded.hash, basis = excluded.basis`,
      { key, edition: edition.id, id, title, mediaType, hash, basis: basis ?? null },
    )
    if (replaced > 0) letGoOlder(db, channel, id, edition.id)
  }
}

function letGoOlder(db: Connection, channel: string, id: string, edition: string): void {
  db.run(
    `UPDATE renderings SET content = '', page = ''
     WHERE channel = :channel AND id = :id AND content <> '' AND edition <> :edition
       AND NOT EXISTS (
         SELECT 1 FROM attempt_groups
         WHERE attempt_groups.edition = renderings.edition AND attempt_groups.channel = :channel
           AND attempt_groups.state IN ('planned', 'claimed', 'waiting', 'unknown')
           AND attempt_groups.rendering = :id
       )`,
    { channel, id, edition },
  )
}

/** Whether a newer document has taken the place of this one, so that its bytes are no longer those that readers should get. */
export function isReplaced(
  db: Connection,
  { channel, rendering, edition }: { readonly channel: string; readonly rendering: string; readonly edition: string },
): boolean {
  const row = db.get('SELECT 1 FROM documents WHERE channel = :channel AND id = :rendering AND edition <> :edition', {
    channel,
    rendering,
    edition,
  })
  return row !== undefined
}
