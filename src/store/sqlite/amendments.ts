import * as z from 'zod'
import type { Amendment } from '../../domain/amendment.ts'
import type { Edition } from '../../domain/edition.ts'
import type { AmendmentQuery, Freeze, Mention, Store } from '../../ports.ts'
import type { Connection } from './connection.ts'
import { endApart, end } from './groups.ts'
import { moved, recount } from './counts.ts'
import { amendmentRow, flag, rowAs } from './rows.ts'
import { openDelivery } from './settle.ts'

/** What was put right or taken back. */
export function amendmentMethods(db: Connection): Pick<Store, 'amendments' | 'carriers' | 'mentions'> {
  return {
    amendments: (query) => db.read(() => amendments(db, query)),
    carriers: (url) =>
      db.read(() =>
        db
          .all('SELECT edition FROM edition_items WHERE url = :url ORDER BY place', { url })
          .map((row) => rowAs(carrierRow, row, 'edition_items').edition),
      ),
    mentions: (url) => db.read(() => mentions(db, url)),
  }
}

const carrierRow = z.object({ edition: z.string() })

const mentionRow = z.object({ edition: z.string(), approvedAt: z.string(), isBackground: flag })

function mentions(db: Connection, url: string): Mention[] {
  return db
    .all(
      `SELECT edition_mentions.edition, approved_at AS approvedAt, background AS isBackground
       FROM edition_mentions JOIN editions ON editions.id = edition_mentions.edition
       WHERE url = :url ORDER BY approved_at, edition_mentions.edition`,
      { url },
    )
    .map((row) => rowAs(mentionRow, row, 'edition_mentions'))
}

/** To be written down once with the approval of an edition. */
export function recordMentions(db: Connection, { id, background, amendments: corrected = [] }: Edition): void {
  const told = [
    ...background.map(({ url }) => ({ url, isBackground: 1 })),
    ...corrected.map(({ url }) => ({ url, isBackground: 0 })),
  ]
  for (const { url, isBackground } of told)
    db.run(
      `INSERT INTO edition_mentions (url, edition, background) VALUES (:url, :edition, :isBackground)
       ON CONFLICT (url, edition) DO NOTHING`,
      { url, edition: id, isBackground },
    )
}

function amendments(db: Connection, { kind, url, untold, limit }: AmendmentQuery): Amendment[] {
  return db
    .all(
      `SELECT amendment FROM amendments
       WHERE (:kind IS NULL OR kind = :kind) AND (:url IS NULL OR url = :url) ${untold ? 'AND told IS NULL' : ''}
       ORDER BY at DESC, id LIMIT :limit`,
      { kind: kind ?? null, url: url ?? null, limit: limit ?? -1 },
    )
    .map((row) => rowAs(amendmentRow, row, 'amendments').amendment)
}

/** Whether another edition has told of one of these since this one was made. */
export function isToldElsewhere(db: Connection, { id, amendments: own = [] }: Edition): boolean {
  const row = db.get(
    'SELECT 1 FROM amendments WHERE id IN (SELECT value FROM json_each(:ids)) AND told <> :id LIMIT 1',
    { id, ids: JSON.stringify(own.map((amendment) => amendment.id)) },
  )
  return row !== undefined
}

/** Whether something was said of the item that it amends of which whoever made it did not know. */
export function isOvertaken(db: Connection, { edition: { amends }, said = [] }: Freeze): boolean {
  if (!amends) return false
  const row = db.get('SELECT 1 FROM amendments WHERE url = :url AND id NOT IN (SELECT value FROM json_each(:said))', {
    url: amends.amendment.url,
    said: JSON.stringify(said),
  })
  return row !== undefined
}

/** What an approval means for amendments: its own is written down, those that it tells of are told. */
export function recordAmendments(db: Connection, { edition, withdrawn, at }: Freeze): void {
  const { id, amends, amendments: told = [] } = edition
  db.run('UPDATE amendments SET told = :id WHERE id IN (SELECT value FROM json_each(:ids))', {
    id,
    ids: JSON.stringify(told.map((amendment) => amendment.id)),
  })
  if (!amends) return
  const { amendment } = amends
  db.run('INSERT INTO amendments (id, kind, url, at, amendment) VALUES (:id, :kind, :url, :at, :text)', {
    id,
    kind: amendment.kind,
    url: amendment.url,
    at: amendment.at,
    text: JSON.stringify(amendment),
  })
  if (amendment.kind === 'correction') return
  db.run('UPDATE items SET withdrawn_at = :at WHERE url = :url AND withdrawn_at IS NULL', { at, url: amendment.url })
  for (const key of withdrawn ?? []) withdraw(db, key, at)
}

const unsentRow = z.object({
  id: z.number(),
  edition: z.string(),
  channel: z.string(),
  state: z.enum(['rejected', 'review']),
})

/**
 * Nothing may bring it back: neither a replay nor, later, a person's word to try it anew. A call in flight comes too late
 * to be settled: whatever it did, the deletion that the retraction plans comes after it.
 */
function withdraw(db: Connection, key: string, at: string): void {
  const ending = { state: 'cancelled', reason: 'its item was retracted' } as const
  const open = openDelivery(db, key)
  if (open) {
    endApart(db, open.group, [open.id], ending, at)
    return
  }
  const row = db.get(
    `SELECT id, edition, channel, state FROM deliveries JOIN outcomes ON outcomes.delivery = deliveries.id
     WHERE key = :key AND state IN ('rejected', 'review')`,
    { key },
  )
  if (!row) return
  const { id, edition, channel, state } = rowAs(unsentRow, row, 'deliveries')
  end(db, [[id, ending]], at)
  recount(db, { edition, channel }, moved(1, state, 'cancelled'))
}
