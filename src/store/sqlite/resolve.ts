import * as z from 'zod'
import { missedKinds, reportKinds } from '../../domain/report.ts'
import type { Resolution, Store } from '../../ports.ts'
import type { Connection } from './connection.ts'
import { moved, recount } from './counts.ts'
import { isReplaced } from './documents.ts'
import { bounds, close, end, endApart, IN_GROUP, membersOf, regroup, type Ending } from './groups.ts'
import { WITHIN_EDITION } from './ledger.ts'
import { rowAs } from './rows.ts'
import { openDelivery } from './settle.ts'

/** What a person found out, or decides. */
export function resolveMethods(db: Connection): Pick<Store, 'resolve'> {
  return {
    resolve: (which, resolution, reason, at) => {
      const word: Word = { resolution, reason, at: at.toISOString() }
      return db.write(() =>
        'delivery' in which ? resolveOne(db, which.delivery, word) : resolveEdition(db, which.edition, word),
      )
    },
  }
}

interface Word {
  readonly resolution: Resolution
  readonly reason: string
  readonly at: string
}

const settledRow = z.object({
  id: z.number(),
  key: z.string(),
  edition: z.string(),
  channel: z.string(),
  rendering: z.string(),
  state: z.enum(['rejected', 'review']),
  attempts: z.number(),
  group: z.number().exactOptional(),
  receipt: z.enum(reportKinds).exactOptional(),
})
type Settled = z.output<typeof settledRow>

/** Their `key` is their group's, from which the next one is derived. */
const SETTLED = `
  SELECT deliveries.id, coalesce(attempt_groups.key, deliveries.key) AS key, deliveries.edition, deliveries.channel,
    deliveries.rendering, outcomes.state, coalesce(attempts, 0) AS attempts, group_id AS "group", receipt
  FROM deliveries
  JOIN outcomes ON outcomes.delivery = deliveries.id
  LEFT JOIN attempt_groups ON attempt_groups.id = deliveries.group_id
  WHERE`

function resolveOne(db: Connection, key: string, word: Word): number {
  const row = db.get(`${SETTLED} deliveries.key = :key AND outcomes.state IN ('rejected', 'review')`, { key })
  if (!row) return resolveUnknown(db, key, word)
  const settled = rowAs(settledRow, row, 'deliveries')
  if (word.resolution === 'retry') return retry(db, [settled])
  return settled.state === 'review' ? settle(db, settled, word) : 0
}

function resolveUnknown(db: Connection, key: string, { resolution, reason, at }: Word): number {
  const open = openDelivery(db, key)
  if (!open || open.group.state === 'claimed') return 0
  const { id, group } = open
  if (resolution !== 'retry') {
    endApart(db, group, [id], endingOf(resolution, reason), at)
    return 1
  }
  if (group.state !== 'unknown') return 0
  if (membersOf(db, group).some((member) => member.id !== id && member.state === undefined)) return 0
  close(db, group)
  regroup(db, group, [{ id }], { state: 'planned' })
  recount(db, group, moved(1, 'unknown', 'planned'))
  return 1
}

function resolveEdition(db: Connection, edition: string, word: Word): number {
  const rows = db
    .all(`${SETTLED} deliveries.edition = :edition AND ${WITHIN_EDITION} AND outcomes.state = 'review'`, { edition })
    .map((row) => rowAs(settledRow, row, 'deliveries'))
  if (word.resolution !== 'retry') return rows.reduce((count, row) => count + settle(db, row, word), 0)
  const groups = Map.groupBy(rows, ({ group, id }) => group ?? `alone ${id}`)
  return [...groups.values()].reduce((count, members) => count + retry(db, members), 0)
}

function settle(db: Connection, row: Settled, { resolution, reason, at }: Word): number {
  const ending = endingOf(resolution, reason)
  end(db, [[row.id, ending]], at)
  recount(db, row, moved(1, row.state, ending.state))
  return 1
}

function endingOf(resolution: Resolution, reason: string): Ending {
  return { state: resolution === 'sent' ? 'sent' : 'rejected', reason }
}

/**
 * Owes deliveries of one group anew, under a key that was never used. Not while others of their group are open: a
 * replay of its call must carry them as well. Not what the reader has, as the other side tells, nor a document that a
 * newer one has replaced.
 */
function retry(db: Connection, settled: readonly Settled[]): number {
  const rows = settled.filter(({ receipt }) => receipt === undefined || missedKinds.includes(receipt))
  const [first] = rows
  if (!first || !mayRetry(db, first) || isReplaced(db, first)) return 0
  const group = regroup(db, first, rows, { state: 'planned' })
  db.run(`DELETE FROM outcomes WHERE delivery IN (SELECT id FROM deliveries WHERE ${IN_GROUP})`, bounds(group))
  db.run(`UPDATE deliveries SET receipt = NULL, receipt_at = NULL WHERE ${IN_GROUP}`, bounds(group))
  recount(db, first, moved(rows.length, first.state, 'planned'))
  db.run(`UPDATE editions SET state = 'sending' WHERE id = :edition AND state = 'sent'`, { edition: first.edition })
  return rows.length
}

function mayRetry(db: Connection, { edition, group }: Settled): boolean {
  const row = db.get(
    `SELECT 1 FROM editions
     WHERE id = :edition AND state <> 'cancelled'
       AND NOT EXISTS (SELECT 1 FROM attempt_groups WHERE id = :group AND state <> 'done')`,
    { edition, group: group ?? null },
  )
  return row !== undefined
}
